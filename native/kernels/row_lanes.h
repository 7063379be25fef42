// The product of several rows with short signed rows, a row a lane: what a class takes of a sub-vector is
// then whole registers, wherever they are. docs/numerics.md, "Product codes".
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>

#include "signed_rows.h"
#include "transpose.h"

namespace {

// Classes whose sums are added to by turns, so that no sum waits for its last addition.
constexpr size_t kClassesByTurns = 4;

// Classes whose sums stay in the first cache while all sub-vectors are added, and words whose entries are
// used for all of them before those of the next words.
constexpr size_t kLaneTile = 128;
constexpr size_t kLaneWords = 4;

inline size_t lane_entries(const SignedRows& rows) {
  return is_narrow(rows) ? kNarrowEntries : 2 * rows.width;
}

// Takes features of rows, one a register and a row a lane, from feature i on. Lanes without a row, and what
// fills up the last sub-vector, are +0.
[[gnu::always_inline]] inline void take_features(const ChunkScratch& work, size_t first, size_t i,
                                                 F32::reg (&a)[F32::width]) {
  const size_t features = work.head.features;
  const size_t left = features > i ? features - i : 0;
  const int taken = static_cast<int>(left < F32::width ? left : F32::width);
  for (size_t l = 0; l < F32::width; l++) {
    if (first + l >= work.rows || taken == 0) {
      a[l] = F32::broadcast(0.0f);
      continue;
    }
    const float* x = work.row[first + l].x + i;
    a[l] = taken == F32::width ? F32::load(x) : F32::load_part(x, 0, taken);
  }
  transpose<F32>(a);
}

// Makes the transforms of sub-vectors of rows side by side, in place.
inline void transform_side_by_side(float* t, size_t count, size_t width, size_t stride) {
  for (size_t j = 0; j < count; j++, t += width * stride) {
    for (size_t h = width / 2; h >= 1; h /= 2) {
      for (size_t k = 0; k < width; k++) {
        if (k & h) continue;
        float* low = t + k * stride;
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
}

// Fills the last word up by sub-vectors of +0, which change no sum.
inline void fill_last_word(const SignedRows& rows, float* entries, size_t each) {
  const size_t beyond = round_up(rows.count, 32 / bits_of(rows)) - rows.count;
  memset(entries + rows.count * each, 0, beyond * each * sizeof(float));
}

template <size_t h>
[[gnu::always_inline]] inline void stages_across(F32::reg (&a)[F32::width]) {
  if constexpr (h >= 1) {
#pragma GCC unroll 16
    for (size_t k = 0; k < F32::width; k++) {
      if (k & h) continue;
      const F32::reg low = a[k];
      a[k] = F32::add(low, a[k + h]);
      a[k + h] = F32::sub(low, a[k + h]);
    }
    stages_across<h / 2>(a);
  }
}

// Makes entries, as make_lane_entries does, of narrow sub-vectors of which a register has room for one or
// more.
template <size_t registers, size_t width>
[[gnu::noinline]] void make_lane_entries_at_once(const ChunkScratch& work, size_t first) {
  constexpr size_t stride = registers * F32::width;
  const SignedRows& rows = *work.head.signed_rows;
  float* entries = work.lane_entries_of(first);
  for (size_t i = 0; i < rows.count * width; i += F32::width) {
    for (size_t q = 0; q < registers; q++) {
      F32::reg a[F32::width];
      take_features(work, first + q * F32::width, i, a);
      stages_across<width / 2>(a);
      float* to = entries + i / width * kNarrowEntries * stride + q * F32::width;
#pragma GCC unroll 16
      for (size_t k = 0; k < F32::width; k++) {
        float* entry = to + (k / width * kNarrowEntries + k % width) * stride;
        F32::store(entry, a[k]);
        F32::store(entry + kNarrowWidth * stride, F32::negate(a[k]));
      }
    }
  }
  fill_last_word(rows, entries, kNarrowEntries * stride);
}

// Makes what classes take of the sub-vectors of the rows from the first on: of each sub-vector the
// transforms, and those with a minus sign behind them.
template <size_t registers>
[[gnu::noinline]] void make_lane_entries(const ChunkScratch& work, size_t first) {
  constexpr size_t stride = registers * F32::width;
  const SignedRows& rows = *work.head.signed_rows;
  if constexpr (F32::width >= kNarrowWidth) {
    if (rows.width == 2) return make_lane_entries_at_once<registers, 2>(work, first);
    if (rows.width == 4) return make_lane_entries_at_once<registers, 4>(work, first);
    if (rows.width == 8) return make_lane_entries_at_once<registers, 8>(work, first);
  }
  float* side = work.bins;
  const size_t filled = rows.count * rows.width;
  for (size_t i = 0; i < filled; i += F32::width) {
    for (size_t q = 0; q < registers; q++) {
      F32::reg a[F32::width];
      take_features(work, first + q * F32::width, i, a);
      for (size_t l = 0; l < F32::width && i + l < filled; l++)
        F32::store(side + ((i + l) * registers + q) * F32::width, a[l]);
    }
  }
  transform_side_by_side(side, rows.count, rows.width, stride);
  const size_t half = lane_entries(rows) / 2 * stride;
  float* entries = work.lane_entries_of(first);
  for (size_t j = 0; j < rows.count; j++, entries += 2 * half) {
    for (size_t i = 0; i < rows.width * stride; i += F32::width, side += F32::width) {
      const F32::reg t = F32::load(side);
      F32::store(entries + i, t);
      F32::store(entries + half + i, F32::negate(t));
    }
  }
  fill_last_word(rows, work.lane_entries_of(first), 2 * half);
}

// The entries that a field of a word says, in floats behind those of its sub-vector.
template <size_t stride>
struct NarrowField {
  static constexpr size_t bits = 4;
  explicit NarrowField(size_t) {}
  static size_t entries(size_t) { return kNarrowEntries; }
  // The word is that of a class times the stride.
  size_t operator()(size_t word, size_t f) const { return word >> (f * bits) & 15 * stride; }
};
template <size_t stride>
struct WideField {
  static constexpr size_t bits = 8;
  size_t width;
  explicit WideField(size_t w) : width(w) {}
  static size_t entries(size_t width) { return 2 * width; }
  size_t operator()(size_t word, size_t f) const {
    word >>= f * bits;
    return (word & (width - 1) * stride) + (word & 128 * stride ? width * stride : 0);
  }
};

// Adds what classes take of the sub-vectors of some words to the sums of their rows, or makes these.
template <template <size_t> class FieldOf, size_t registers>
[[gnu::noinline]] void add_lanes(const SignedRows& rows, const uint32_t* packed, size_t words,
                                 const float* entries, size_t classes, bool first, float* sums) {
  constexpr size_t stride = registers * F32::width;
  using Field = FieldOf<stride>;
  const Field field(rows.width);
  const size_t step = Field::entries(rows.width) * stride;
  for (size_t c = 0; c < classes; c += kClassesByTurns, sums += kClassesByTurns * stride) {
    const uint32_t* of_class = packed + c / kGroup * rows.stages * rows.words * kGroup + c % kGroup;
    F32::reg sum[kClassesByTurns][registers];
#pragma GCC unroll 4
    for (size_t k = 0; k < kClassesByTurns; k++) {
#pragma GCC unroll 4
      for (size_t i = 0; i < registers; i++)
        sum[k][i] = first ? F32::broadcast(0.0f) : F32::load(sums + (k * registers + i) * F32::width);
    }
    const float* t = entries;
    for (size_t w = 0; w < words; w++, of_class += kGroup) {
      size_t word[kClassesByTurns];
#pragma GCC unroll 4
      for (size_t k = 0; k < kClassesByTurns; k++) word[k] = of_class[k] * stride;
#pragma GCC unroll 8
      for (size_t f = 0; f < 32 / Field::bits; f++, t += step) {
#pragma GCC unroll 4
        for (size_t k = 0; k < kClassesByTurns; k++) {
          const float* taken = t + field(word[k], f);
#pragma GCC unroll 4
          for (size_t i = 0; i < registers; i++) {
            sum[k][i] = F32::add(sum[k][i], F32::load(taken + i * F32::width));
            F32::after(word[k], sum[k][i]);
          }
        }
      }
    }
#pragma GCC unroll 4
    for (size_t k = 0; k < kClassesByTurns; k++) {
#pragma GCC unroll 4
      for (size_t i = 0; i < registers; i++) F32::store(sums + (k * registers + i) * F32::width, sum[k][i]);
    }
  }
}

// Makes products of the sums of a stage, of which those of a class stand side by side, and adds them to those
// of the stages before. Those of a row follow those of another after a stride.
template <size_t registers>
inline void store_products(const SignedRows& rows, const float* sums, size_t first, size_t classes,
                           size_t stage, float* t, size_t stride) {
  for (size_t c = 0; c < classes; c += F32::width) {
    for (size_t q = 0; q < registers; q++) {
      F32::reg a[F32::width];
      for (size_t l = 0; l < F32::width; l++) a[l] = F32::load(sums + ((c + l) * registers + q) * F32::width);
      transpose<F32>(a);
      float* to = t + q * F32::width * stride + c;
      for (size_t l = 0; l < F32::width; l++, to += stride) {
        F32::reg product = a[l];
        if (rows.magnitudes) {
          product = F32::mul(product, F32::load(magnitude_of(rows, first + c, stage)));
          if (stage > 0) product = F32::add(F32::load(to), product);
        }
        F32::store(to, product);
      }
    }
  }
}

// Makes the products of rows, whose entries are given, with the classes of a segment.
template <template <size_t> class FieldOf, size_t registers>
[[gnu::noinline]] void products_of_lanes(const SignedRows& rows, const Segment& segment,
                                         const RowsOfProducts& of) {
  constexpr size_t stride = registers * F32::width;
  const size_t entries_of_word = 32 / bits_of(rows) * lane_entries(rows) * stride;
  const size_t end = round_up(segment.count, kGroup);
  alignas(64) float sums[kLaneTile * stride];
  for (size_t c = 0; c < end; c += kLaneTile) {
    const size_t classes = end - c < kLaneTile ? end - c : kLaneTile;
    const uint32_t* packed = rows.packed + (segment.first + c) * rows.stages * rows.words;
    for (size_t stage = 0; stage < rows.stages; stage++, packed += rows.words * kGroup) {
      for (size_t w = 0; w < rows.words; w += kLaneWords) {
        const size_t words = rows.words - w < kLaneWords ? rows.words - w : kLaneWords;
        add_lanes<FieldOf, registers>(rows, packed + w * kGroup, words, of.entries + w * entries_of_word,
                                      classes, w == 0, sums);
      }
      store_products<registers>(rows, sums, segment.first + c, classes, stage, of.t + c, of.stride);
    }
  }
}

}  // namespace
