// The product of rows of features with short signed rows, and its transpose: docs/numerics.md, "Product
// codes".
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>

#include "sums.h"
#include "table.h"
#include "work.h"

namespace {

using fixed_classifier::Block;
using fixed_classifier::kGroup;
using fixed_classifier::SignedRows;

// Rows up to this width are four bits each.
constexpr size_t kNarrowWidth = 8;

// A narrow sub-vector has its transform, and that with a minus sign behind it, in so many entries.
constexpr size_t kNarrowEntries = 2 * kNarrowWidth;

inline bool is_narrow(const SignedRows& rows) { return rows.width <= kNarrowWidth; }
inline size_t bits_of(const SignedRows& rows) { return is_narrow(rows) ? 4 : 8; }

// The transform of a sub-vector, of any power of two.
inline void transform_subvector(float* t, size_t width) {
  for (size_t h = width / 2; h >= 1; h /= 2) {
    for (size_t start = 0; start < width; start += 2 * h) {
      for (size_t i = start; i < start + h; i++) {
        const float a = t[i];
        const float b = t[i + h];
        t[i] = a + b;
        t[i + h] = a - b;
      }
    }
  }
}

template <size_t width>
inline void make_narrow_entries(const float* x, size_t features, size_t count, float* entries) {
  for (size_t j = 0; j < count; j++, entries += kNarrowEntries) {
    const size_t left = features - j * width;
    float t[width] = {};
    memcpy(t, x + j * width, (left < width ? left : width) * sizeof(float));
    transform_subvector(t, width);
    for (size_t k = 0; k < width; k++) {
      entries[k] = t[k];
      entries[kNarrowWidth + k] = -t[k];
    }
  }
}

// Makes what classes take of the sub-vectors of a row. Not inlined, as what is called once a row: every pass
// over the blocks would have a copy.
[[gnu::noinline]] void make_entries(const ChunkScratch& work, size_t r) {
  const Head& head = work.head;
  const SignedRows& rows = *head.signed_rows;
  const float* x = work.row[r].x;
  float* entries = work.entries_of(r);
  if (rows.width == 2) return make_narrow_entries<2>(x, head.features, rows.count, entries);
  if (rows.width == 4) return make_narrow_entries<4>(x, head.features, rows.count, entries);
  if (rows.width == 8) return make_narrow_entries<8>(x, head.features, rows.count, entries);
  memcpy(entries, x, head.features * sizeof(float));
  memset(entries + head.features, 0, (rows.count * rows.width - head.features) * sizeof(float));
  for (size_t j = 0; j < rows.count; j++) transform_subvector(entries + j * rows.width, rows.width);
}

// Adds what classes take of the sub-vectors of one word to their sums. A whole word is a loop without a test.
template <size_t registers, class Take>
[[gnu::always_inline]] inline void add_fields(F32::words (&word)[registers], F32::reg (&sum)[registers],
                                              size_t count, const Take& take) {
  for (size_t f = 0; f < count; f++) {
    const auto table = take.table(f);
#pragma GCC unroll 8
    for (size_t i = 0; i < registers; i++) {
      sum[i] = F32::add(sum[i], take.pick(table, word[i]));
      word[i] = F32::shift_right<Take::bits>(word[i]);
    }
  }
}

struct TakeNarrow {
  static constexpr int bits = 4;
  const float* entries;
  TakeNarrow(const float* all, size_t j, size_t) : entries(all + j * kNarrowEntries) {}
  F32::NarrowTable table(size_t f) const { return F32::NarrowTable(entries + f * kNarrowEntries); }
  static F32::reg pick(const F32::NarrowTable& table, const F32::words& word) { return table.pick(word); }
};

struct TakeWide {
  static constexpr int bits = 8;
  const float* entries;
  size_t width;
  TakeWide(const float* all, size_t j, size_t w) : entries(all + j * w), width(w) {}
  const float* table(size_t f) const { return entries + f * width; }
  F32::reg pick(const float* table, const F32::words& word) const {
    return F32::pick_wide(table, width, word);
  }
};

// The products of `groups` groups of classes with a row, whose entries are given.
template <class Take, size_t groups>
inline void products_of_groups(const SignedRows& rows, const uint32_t* packed, const float* entries,
                               float* t) {
  constexpr size_t registers = groups * (kGroup / F32::width);
  constexpr size_t per_word = 32 / Take::bits;
  const size_t group = rows.words * kGroup;
  F32::reg sum[registers];
  for (auto& s : sum) s = F32::broadcast(0.0f);
  for (size_t w = 0; w < rows.words; w++) {
    F32::words word[registers];
#pragma GCC unroll 8
    for (size_t i = 0; i < registers; i++) {
      const size_t lane = i * F32::width;
      word[i] = F32::load_words(packed + lane / kGroup * group + w * kGroup + lane % kGroup);
    }
    const size_t j = w * per_word;
    const Take take(entries, j, rows.width);
    if (j + per_word <= rows.count) {
      add_fields(word, sum, per_word, take);
    } else {
      add_fields(word, sum, rows.count - j, take);
    }
  }
#pragma GCC unroll 8
  for (size_t i = 0; i < registers; i++) F32::store(t + i * F32::width, sum[i]);
}

// The same of `count` classes, several groups at a time and then one.
template <class Take, size_t groups>
inline void products_of_classes(const SignedRows& rows, const uint32_t* packed, size_t count,
                                const float* entries, float* t) {
  size_t c = 0;
  for (; c < count && (groups == 1 || c + groups * kGroup <= count); c += groups * kGroup)
    products_of_groups<Take, groups>(rows, packed + c * rows.words, entries, t + c);
  if constexpr (groups > 1) {
    if (c < count) products_of_classes<Take, 1>(rows, packed + c * rows.words, count - c, entries, t + c);
  }
}

// Makes the products of a row with the classes of a block, and returns where they are.
[[gnu::noinline]] const float* products_of_block(const ChunkScratch& work, const Row& row,
                                                 const Block& block) {
  constexpr size_t together = F32::width == kGroup ? 4 : F32::width == kGroup / 2 ? 2 : 1;
  const SignedRows& rows = *work.head.signed_rows;
  float* t = work.transform_beside(row.x);
  const float* entries = work.entries_of(static_cast<size_t>(&row - work.row));
  const auto& segment = block.segments[0];
  const uint32_t* packed = rows.packed + segment.first * rows.words;
  if (is_narrow(rows)) {
    products_of_classes<TakeNarrow, together>(rows, packed, segment.count, entries, t);
  } else {
    products_of_classes<TakeWide, together>(rows, packed, segment.count, entries, t);
  }
  return t;
}

// Gradients by logits of the rows of a chunk lie side by side, so that what a class adds to a bin is added
// for all of them at once.
inline size_t rows_together(const ChunkScratch& work) { return round_up(work.rows, F32::width); }

// Puts the gradient by the logits of a block where those of the other rows are.
[[gnu::noinline]] void keep_gradient(const ChunkScratch& work, size_t r, const Block& block) {
  const size_t stride = rows_together(work);
  float* to = work.side_by_side + r;
  for (size_t i = 0; i < block.hadamard_rows; i++) to[i * stride] = work.gradient[i];
}

inline void clear_bins(const ChunkScratch& work) {
  const SignedRows& rows = *work.head.signed_rows;
  memset(work.bins, 0, rows.count * rows.width * rows_together(work) * sizeof(float));
}

// Adds the gradients of a block to the bins of the rows of sub-vectors.
[[gnu::noinline]] void add_to_bins(const ChunkScratch& work, const Block& block) {
  const SignedRows& rows = *work.head.signed_rows;
  const size_t stride = rows_together(work);
  const size_t bits = bits_of(rows);
  const auto& segment = block.segments[0];
  for (size_t i = 0; i < segment.count; i++) {
    const size_t c = segment.first + i;
    const uint32_t* packed = rows.packed + c / kGroup * kGroup * rows.words + c % kGroup;
    alignas(64) float g[2][kChunkRows];
    for (size_t r = 0; r < stride; r += F32::width) {
      const F32::reg v = F32::load(work.side_by_side + i * stride + r);
      F32::store(g[0] + r, v);
      F32::store(g[1] + r, F32::negate(v));
    }
    for (size_t j = 0; j < rows.count; packed += kGroup) {
      uint32_t word = *packed;
      const size_t end = j + 32 / bits < rows.count ? j + 32 / bits : rows.count;
      for (; j < end; j++, word >>= bits) {
        float* bin = work.bins + (j * rows.width + (word & (rows.width - 1))) * stride;
        const float* term = g[(word >> (bits - 1)) & 1];
        for (size_t r = 0; r < stride; r += F32::width)
          F32::store(bin + r, F32::add(F32::load(bin + r), F32::load(term + r)));
      }
    }
  }
}

// Makes u of all rows from the bins.
[[gnu::noinline]] void gradients_from_bins(const ChunkScratch& work) {
  const Head& head = work.head;
  const SignedRows& rows = *head.signed_rows;
  const size_t stride = rows_together(work);
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
