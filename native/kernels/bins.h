// The transposed product with short signed rows, by bins: docs/numerics.md, "Product codes".
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>

#include "signed_rows.h"

namespace {

// Rows whose gradients by logits lie side by side, so that what a class adds to a bin is added for all of
// them at once: as many as a register has, or a whole chunk.
inline size_t rows_side_by_side(const ChunkScratch& work) {
  return work.rows <= F32::width ? F32::width : kChunkRows;
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

// Element i of register j and element j of register i change places.
template <class V, int stride>
[[gnu::always_inline]] inline void transpose(typename V::reg (&a)[V::width]) {
  if constexpr (stride >= 1) {
#pragma GCC unroll 16
    for (int i = 0; i < V::width; i++) {
      if (i & stride) continue;
      const typename V::reg low = a[i];
      const typename V::reg high = a[i + stride];
      a[i] = V::template blend<stride>(low, V::template swap<stride>(high));
      a[i + stride] = V::template blend<stride>(V::template swap<stride>(low), high);
    }
    transpose<V, stride / 2>(a);
  }
}

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
      transpose<F32, F32::width / 2>(a);
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

// Adds what classes add to the bins of the sub-vectors of a word.
[[gnu::noinline]] void add_terms(const SignedRows& rows, const uint32_t* packed, size_t fields, size_t count,
                                 size_t together, const float* terms, float* bins) {
  const bool whole = is_narrow(rows) && fields == 8 && together == kChunkRows;
  for (size_t i = 0; i < count; i++) {
    const uint32_t* of_class = packed + i / kGroup * rows.stages * rows.words * kGroup + i % kGroup;
    for (size_t stage = 0; stage < rows.stages; stage++, terms += 2 * together) {
      const uint32_t word = of_class[stage * rows.words * kGroup];
      if (whole) {
        add_terms_of_class(word, 8, 4, rows.width, kChunkRows, terms, bins);
      } else {
#pragma GCC unroll 1
        for (size_t f = 0; f < fields; f++)
          add_terms_of_class(word >> (f * bits_of(rows)), 1, bits_of(rows), rows.width, together, terms,
                             bins + f * rows.width * together);
      }
    }
  }
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
  for (size_t j = 0; j < rows.count; j++) {
    float* bins = work.bins + j * rows.width * stride;
    for (size_t h = rows.width / 2; h >= 1; h /= 2) {
      for (size_t k = 0; k < rows.width; k++) {
        if (k & h) continue;
        float* low = bins + k * stride;
        float* high = low + h * stride;
        for (size_t r = 0; r < stride; r += F32::width) {
          const F32::reg a = F32::load(low + r);
          const F32::reg b = F32::load(high + r);
          F32::store(low + r, F32::add(a, b));
          F32::store(high + r, F32::sub(a, b));
        }
      }
    }
  }
  for (size_t i = 0; i < head.features; i++) {
    for (size_t r = 0; r < work.rows; r++) work.u[r * head.features + i] = work.bins[i * stride + r];
  }
}

}  // namespace
