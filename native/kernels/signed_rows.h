// The product of rows of features with short signed rows: docs/numerics.md, "Product codes".
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
using fixed_classifier::Segment;
using fixed_classifier::SignedRows;

// Rows up to this width are four bits each.
constexpr size_t kNarrowWidth = 8;

// A narrow sub-vector has its transform, and that with a minus sign behind it, in so many entries.
constexpr size_t kNarrowEntries = 2 * kNarrowWidth;

inline bool is_narrow(const SignedRows& rows) { return rows.width <= kNarrowWidth; }
inline size_t bits_of(const SignedRows& rows) { return is_narrow(rows) ? 4 : 8; }

inline const float* magnitude_of(const SignedRows& rows, size_t c, size_t stage) {
  return rows.magnitudes + (c / kGroup * rows.stages + stage) * kGroup + c % kGroup;
}

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
inline void make_narrow_entries(const float* x, size_t features, float* entries) {
  for (size_t i = 0; i < features; i += width, entries += F32::rows_sharing * kNarrowEntries) {
    const size_t left = features - i;
    float t[width] = {};
    memcpy(t, x + i, (left < width ? left : width) * sizeof(float));
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
  if (rows.width == 2) return make_narrow_entries<2>(x, head.features, entries);
  if (rows.width == 4) return make_narrow_entries<4>(x, head.features, entries);
  if (rows.width == 8) return make_narrow_entries<8>(x, head.features, entries);
  for (size_t i = 0; i < head.features; i += rows.width, entries += F32::rows_sharing * rows.width) {
    const size_t left = head.features - i;
    const size_t taken = left < rows.width ? left : rows.width;
    memcpy(entries, x + i, taken * sizeof(float));
    memset(entries + taken, 0, (rows.width - taken) * sizeof(float));
    transform_subvector(entries, rows.width);
  }
}

// Adds what groups of classes take of the sub-vectors of a word to their sums.
template <class Table, size_t sharing, size_t registers>
[[gnu::always_inline]] inline void add_field(F32::words (&word)[registers],
                                             F32::reg (&sum)[sharing][registers], const float*& entries,
                                             size_t width) {
  typename Table::field field[registers];
#pragma GCC unroll 8
  for (size_t i = 0; i < registers; i++) field[i] = Table::field_of(word[i], width);
#pragma GCC unroll 8
  for (size_t r = 0; r < sharing; r++) {
    const Table table(entries + r * Table::entries(width), width);
#pragma GCC unroll 8
    for (size_t i = 0; i < registers; i++) {
      sum[r][i] = F32::add(sum[r][i], table.pick(field[i]));
      F32::after(entries, sum[r][i]);
    }
  }
#pragma GCC unroll 8
  for (size_t i = 0; i < registers; i++) word[i] = F32::shift_right<Table::bits>(word[i]);
  entries += F32::rows_sharing * Table::entries(width);
}

struct Narrow : F32::NarrowTable {
  static constexpr int bits = 4;
  static size_t entries(size_t) { return kNarrowEntries; }
  using F32::NarrowTable::NarrowTable;
};
template <class V>
struct Short : V::ShortTable {
  static constexpr int bits = 4;
  static size_t entries(size_t) { return kNarrowEntries; }
  using V::ShortTable::ShortTable;
};
struct Wide : F32::WideTable {
  static constexpr int bits = 8;
  static size_t entries(size_t width) { return width; }
  using F32::WideTable::WideTable;
};

// The entries of rows, and where their products go: those of a row follow those of another after a stride.
struct RowsOfProducts {
  const float* entries;
  float* t;
  size_t stride;
};

// Makes the products of `sharing` rows with `groups` groups of classes, whose words are unpacked once.
template <class Table, size_t sharing, size_t groups>
[[gnu::noinline]] void products_of_groups(const SignedRows& rows, const Segment& segment, size_t first,
                                          const RowsOfProducts& of) {
  constexpr size_t registers = groups * (kGroup / F32::width);
  constexpr size_t per_word = 32 / Table::bits;
  const size_t words_of_group = rows.stages * rows.words * kGroup;
  const uint32_t* packed = rows.packed + (segment.first + first) / kGroup * words_of_group;
  for (size_t stage = 0; stage < rows.stages; stage++) {
    F32::reg sum[sharing][registers];
    for (auto& row : sum) {
      for (auto& s : row) s = F32::broadcast(0.0f);
    }
    const float* entries = of.entries;
    for (size_t w = 0; w < rows.words; w++, packed += kGroup) {
      const size_t left = rows.count - w * per_word;
      F32::words word[registers];
#pragma GCC unroll 8
      for (size_t i = 0; i < registers; i++) {
        const size_t lane = i * F32::width;
        const uint32_t* of_lane = packed + lane / kGroup * words_of_group + lane % kGroup;
        word[i] = F32::load_words(of_lane);
        // A row alone waits for memory more than for anything else.
        if constexpr (sharing == 1) __builtin_prefetch(of_lane + groups * words_of_group);
      }
      if (Table::bits == 4 && left >= per_word) {
#pragma GCC unroll 8
        for (size_t f = 0; f < per_word; f++) add_field<Table>(word, sum, entries, rows.width);
      } else {
#pragma GCC unroll 1
        for (size_t f = 0; f < per_word && f < left; f++) add_field<Table>(word, sum, entries, rows.width);
      }
    }
#pragma GCC unroll 8
    for (size_t r = 0; r < sharing; r++) {
#pragma GCC unroll 8
      for (size_t i = 0; i < registers; i++) {
        const size_t lane = i * F32::width;
        float* t = of.t + r * of.stride + first + lane;
        F32::reg product = sum[r][i];
        if (rows.magnitudes) {
          product = F32::mul(product, F32::load(magnitude_of(rows, segment.first + first + lane, stage)));
          if (stage > 0) product = F32::add(F32::load(t), product);
        }
        F32::store(t, product);
      }
    }
  }
}

// Makes the same of all classes of a segment, if there are so many groups. Those of the last may be made
// twice.
template <class Table, size_t sharing, size_t groups>
inline bool products_of_classes(const SignedRows& rows, const Segment& segment, const RowsOfProducts& of) {
  constexpr size_t together = groups * kGroup;
  const size_t end = round_up(segment.count, kGroup);
  if (end < together) return false;
  for (size_t c = 0; c < end; c += together)
    products_of_groups<Table, sharing, groups>(rows, segment, c + together > end ? end - together : c, of);
  return true;
}

// Makes the products of `sharing` rows with the classes of a segment, or those of the first alone, and
// returns of how many they are.
template <class Table>
[[gnu::noinline]] size_t products_of_rows(const SignedRows& rows, const Segment& segment, size_t sharing,
                                          const RowsOfProducts& of) {
  if constexpr (F32::rows_sharing > 1) {
    if (sharing > 1 && products_of_classes<Table, F32::rows_sharing, F32::groups_shared>(rows, segment, of))
      return sharing;
  }
  if (!products_of_classes<Table, 1, F32::groups_alone>(rows, segment, of))
    products_of_classes<Table, 1, 1>(rows, segment, of);
  return 1;
}

// Returns products_of_rows for the rows of a head.
template <class V>
inline auto products_of_rows_for(const SignedRows& rows) {
  if constexpr (requires { typename V::ShortTable; }) {
    if (rows.width <= 4) return products_of_rows<Short<V>>;
  }
  return is_narrow(rows) ? products_of_rows<Narrow> : products_of_rows<Wide>;
}

}  // namespace
