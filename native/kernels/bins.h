// The transposed product with short signed rows, by bins: docs/numerics.md, "Product codes".
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>

#include "row_lanes.h"
#include "signed_rows.h"
#include "transpose.h"

namespace {

// Rows whose gradients by logits lie side by side, so that what a class adds to a bin is added for all of
// them at once: as many as a register has, or two, or a whole chunk.
inline size_t rows_side_by_side(const ChunkScratch& work) {
  if (work.rows <= F32::width) return F32::width;
  return work.rows <= 2 * F32::width ? 2 * F32::width : kChunkRows;
}

// Clears the bins, and the gradients by logits of rows that have none.
inline void clear_bins(const ChunkScratch& work, const float* row_weights) {
  const SignedRows& rows = *work.head.signed_rows;
  const size_t together = rows_side_by_side(work);
  memset(work.bins, 0, rows.count * rows.width * together * sizeof(float));
  for (size_t r = 0; r < together; r++) {
    if (r >= work.rows || (row_weights && row_weights[r] == 0))
      memset(work.gradient_of(r), 0, work.head.order * sizeof(float));
  }
}

// Stages of classes whose gradients by logits are brought side by side at a time: with the bins of a word
// they fill half of the first cache.
constexpr size_t kTermsTogether = 64;

// Brings the gradients by logits of classes side by side, times their magnitudes: for each stage of each
// class those of all rows, and behind them the same with a minus sign.
[[gnu::noinline]] void make_terms(const ChunkScratch& work, const Segment& segment, size_t first,
                                  size_t count, float* terms) {
  const SignedRows& rows = *work.head.signed_rows;
  const size_t together = rows_side_by_side(work);
  for (size_t c = first; c < first + count; c += F32::width) {
    for (size_t r = 0; r < together; r += F32::width) {
      F32::reg a[F32::width];
      for (size_t i = 0; i < F32::width; i++) a[i] = F32::load(work.gradient_of(r + i) + c);
      transpose<F32>(a);
      float* to = terms + r;
      for (size_t i = 0; i < F32::width; i++) {
        for (size_t stage = 0; stage < rows.stages; stage++, to += 2 * together) {
          F32::reg v = a[i];
          if (rows.magnitudes) {
            v = F32::mul(v, F32::broadcast(*magnitude_of(rows, segment.first + c + i, stage)));
          }
          F32::store(to, v);
          F32::store(to + together, F32::negate(v));
        }
      }
    }
    terms += F32::width * rows.stages * 2 * together;
  }
}

// Adds to the bins of the sub-vectors of a word what a class adds to them, whose word is given.
[[gnu::always_inline]] inline void add_terms_of_class(uint64_t word, size_t fields, size_t bits, size_t width,
                                                      size_t together, const float* terms, float* bins) {
  word *= together;
#pragma GCC unroll 8
  for (size_t f = 0; f < fields; f++, bins += width * together) {
    float* bin = bins + (word >> (f * bits) & (width - 1) * together);
    const float* term = terms + (word >> (f * bits + bits - 1) & together);
#pragma GCC unroll 4
    for (size_t r = 0; r < together; r += F32::width)
      F32::store(bin + r, F32::add(F32::load(bin + r), F32::load(term + r)));
  }
}

// Calls add(words of a class, terms) for each stage of some classes.
template <class Add>
[[gnu::always_inline]] inline void for_classes(const SignedRows& rows, const uint32_t* packed, size_t count,
                                               size_t together, const float* terms, const Add& add) {
  for (size_t i = 0; i < count; i++) {
    const uint32_t* of_class = packed + i / kGroup * rows.stages * rows.words * kGroup + i % kGroup;
    for (size_t stage = 0; stage < rows.stages; stage++, terms += 2 * together)
      add(of_class[stage * rows.words * kGroup], terms);
  }
}

// Adds what classes add to the bins of eight narrow sub-vectors.
template <size_t together>
[[gnu::noinline]] void add_terms_of_eight(const SignedRows& rows, const uint32_t* packed, size_t count,
                                          const float* terms, float* bins) {
  for_classes(rows, packed, count, together, terms, [&](uint32_t word, const float* of_class) {
    add_terms_of_class(word, 8, 4, rows.width, together, of_class, bins);
  });
}

// Does the same of any sub-vectors of a word.
[[gnu::noinline]] void add_terms(const SignedRows& rows, const uint32_t* packed, size_t fields, size_t count,
                                 size_t together, const float* terms, float* bins) {
  if (is_narrow(rows) && fields == 8) {
    if (together == F32::width) return add_terms_of_eight<F32::width>(rows, packed, count, terms, bins);
    if (together == 2 * F32::width)
      return add_terms_of_eight<2 * F32::width>(rows, packed, count, terms, bins);
    return add_terms_of_eight<kChunkRows>(rows, packed, count, terms, bins);
  }
  const size_t bits = bits_of(rows);
  for_classes(rows, packed, count, together, terms, [&](uint32_t word, const float* of_class) {
#pragma GCC unroll 1
    for (size_t f = 0; f < fields; f++)
      add_terms_of_class(word >> (f * bits), 1, bits, rows.width, together, of_class,
                         bins + f * rows.width * together);
  });
}

// Adds the gradients of a block to the bins of the rows of sub-vectors.
[[gnu::noinline]] void add_to_bins(const ChunkScratch& work, const Block& block) {
  const SignedRows& rows = *work.head.signed_rows;
  const Segment& segment = block.segments[0];
  const size_t together = rows_side_by_side(work);
  const size_t per_word = 32 / bits_of(rows);
  const size_t classes = kTermsTogether / rows.stages / kGroup * kGroup;
  alignas(64) float terms[kTermsTogether * 2 * kChunkRows];
  for (size_t i = 0; i < segment.count; i += classes) {
    const size_t count = segment.count - i < classes ? segment.count - i : classes;
    make_terms(work, segment, i, count, terms);
    const uint32_t* packed = rows.packed + (segment.first + i) * rows.stages * rows.words;
    for (size_t j = 0; j < rows.count; j += per_word, packed += kGroup) {
      const size_t fields = rows.count - j < per_word ? rows.count - j : per_word;
      add_terms(rows, packed, fields, count, together, terms, work.bins + j * rows.width * together);
    }
  }
}

// Makes u of all rows from the bins.
[[gnu::noinline]] void gradients_from_bins(const ChunkScratch& work) {
  const Head& head = work.head;
  const SignedRows& rows = *head.signed_rows;
  const size_t stride = rows_side_by_side(work);
  transform_side_by_side(work.bins, rows.count, rows.width, stride);
  for (size_t i = 0; i < head.features; i++) {
    for (size_t r = 0; r < work.rows; r++) work.u[r * head.features + i] = work.bins[i * stride + r];
  }
}

}  // namespace
