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

// Makes the products of a row, and of those behind it if there are enough, with the classes of a block, and
// returns where they are.
[[gnu::noinline]] const float* products_of_block(const ChunkScratch& work, const Row& row,
                                                 const Block& block) {
  const size_t r = static_cast<size_t>(&row - work.row);
  MadeProducts& made = work.made_products;
  if (made.block != &block || r < made.from || r >= made.to) {
    const bool shared = r % F32::rows_sharing == 0 && work.rows - r >= F32::rows_sharing;
    const SignedRows& rows = *work.head.signed_rows;
    const RowsOfProducts of{work.entries_of(r), work.products_of(r), work.products_stride()};
    const auto make = is_narrow(rows) ? products_of_rows<Narrow> : products_of_rows<Wide>;
    const size_t count = make(rows, block.segments[0], shared ? F32::rows_sharing : 1, of);
    made = {&block, r, r + count};
  }
  return work.products_of(r);
}
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
