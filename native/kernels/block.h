// From a row of features to the transform of one of its blocks, with the shortcuts that keep its bits.
#pragma once

#include <cstddef>
#include <cstring>

#include "bins.h"
#include "factor.h"
#include "fwht.h"
#include "leaves.h"
#include "products.h"
#include "row.h"
#include "table.h"
#include "work.h"

namespace {

using fixed_classifier::Block;

// The source of a transform that takes the sums of the stage before it, where only these are wanted.
struct FoldedRow {
  const float* x;
  size_t half;
  F32::reg operator()(size_t i) const { return F32::add(F32::load(x + i), F32::load(x + i + half)); }
};

// Brings the order-point transform of `support` entries in t, of which the outputs [0, needed) are wanted, to
// a shorter one that is still to be done, and returns its length n: output i of the longer is output i mod n
// of the shorter. Stages that only copy are left out; stages of which only the sums are wanted leave the
// first half.
inline size_t shorten(float* t, size_t order, size_t support, size_t needed) {
  size_t n = order;
  while (n > 1) {
    const size_t half = n / 2;
    if (support > half) {
      if (needed > half) break;
      memset(t + support, 0, (n - support) * sizeof(float));
      for_range(0, half, [&](size_t i, auto part) {
        part.store(t + i, F32::add(part.load(t + i), part.load(t + i + half)));
      });
      support = half;
    }
    n = half;
  }
  memset(t + support, 0, (n - support) * sizeof(float));
  return n;
}

// Makes outputs [0, needed) of the transform of `support` entries in t, in place, for an order that is a
// power of two.
inline void transform_power_of_two(const F32& v, float* t, size_t order, size_t support, size_t needed) {
  const size_t n = shorten(t, order, support, needed);
  transform_in_place(v, t, n);
  for (size_t i = n; i < needed; i += n) memcpy(t + i, t, (n < needed - i ? n : needed - i) * sizeof(float));
}

// Makes outputs [0, needed) of the transform of `support` entries in t, in place, for any order. The factor
// is B, or its transpose; null where the order is a power of two.
inline void transform_in_full(const F32& v, const KroneckerFactor* factor, float* t, size_t order,
                              size_t support, size_t needed) {
  if (!factor) return transform_power_of_two(v, t, order, support, needed);
  const size_t stride = order / factor->order;
  const size_t stretches = (needed + stride - 1) / stride;
  memset(t + support, 0, (order - support) * sizeof(float));
  factor_stage(v, *factor, t, stride, stretches);
  const size_t whole = needed / stride;
  transform_rows_in_place(v, t, stride, whole);
  if (whole < stretches)
    transform_power_of_two(v, t + whole * stride, stride, stride, needed - whole * stride);
}

// Whether every entry of a row is a feature, in its place, and the order a power of two.
inline bool fills_matrix(const Head& head) {
  return !head.factor && !head.columns && !head.signed_rows && head.features == head.order;
}

// Whether a row goes into the transform as it is.
inline bool is_plain(const Head& head, const Block& block) { return !block.mask && fills_matrix(head); }

// A pass over a row with the signs of a mask, from where it is to a place for its transform, which is four
// rows that fit eight registers: two columns of registers beside each of those of another transform.
template <class V>
struct MaskedPass {
  static constexpr size_t stride = row_length_in_registers<V>;
  MaskedRow source;
  float* t;
  size_t j = 0;

  [[gnu::always_inline]] void operator()(int pair) {
    if (pair % 2 == 0) columns();
  }
  [[gnu::always_inline]] void columns() {
    Reg<V> a[4];
#pragma GCC unroll 4
    for (int i = 0; i < 4; i++) a[i] = source(j + i * stride);
    across_before_shuffles<V>(a);
#pragma GCC unroll 4
    for (int i = 0; i < 4; i++) V::store(t + j + i * stride, a[i]);
    j += V::width;
  }
  [[gnu::always_inline]] void finish() {
#pragma GCC unroll 1
    while (j < stride) columns();
  }
};

// Finishes a transform of which such a pass has been made, beside the pass of the next one.
template <class V>
[[gnu::noinline]] void transform_beside_next(float* t, const MaskedRow& next, float* place) {
  MaskedPass<V> beside{next, place};
  Reg<V> a[8];
  begin<V, From::elements>(a, t);
  overlap_rows<V>(a, t, 4, beside);
  beside.finish();
  finish<V>(a, t);
}

// The transform of a row for a block, of which the pass has been made.
struct Begun {
  const float* x = nullptr;
  const Block* block = nullptr;
  size_t place = 0;
};

template <class V>
inline bool takes_masked_pass(const Head& head, const Block& block) {
  return head.order == 4 * row_length_in_registers<V> && fills_matrix(head) && block.mask &&
         block.hadamard_rows > head.order / 2;
}

// Makes the transform of a row for one block, and returns where it is.
inline const float* transform_block(const ChunkScratch& work, const Row& row, const Block& block) {
  const Head& head = work.head;
  if (head.signed_rows) return products_of_block(work, row, block);
  const size_t half = head.order / 2;
  float* t = work.transform_beside(row.x);
  if (fills_matrix(head) && half >= F32::width) {
    if (block.hadamard_rows > half) {
      if (block.mask) {
        transform(work.v, MaskedRow{row.x, block.mask}, t, 0, head.order);
      } else {
        transform(work.v, Load<F32>{row.x}, t, 0, head.order);
      }
      return t;
    }
    if (!block.mask && block.hadamard_rows > half / 2) {
      transform(work.v, FoldedRow{row.x, half}, t, 0, half);
      return t;
    }
  }
  const size_t support = place_features(head, block.mask, row.x, t);
  transform_in_full(work.v, head.factor, t, head.order, support, block.hadamard_rows);
  return t;
}

// The same, where the transform of another row for that block or of a row for another block comes next.
template <class V>
inline const float* transform_block_before(const ChunkScratch& work, Begun& begun, const Row& row,
                                           const Block& block, const Row& next, const Block& next_block) {
  if constexpr (kSparesRegisters<V>) {
    if (!work.keep_transform && takes_masked_pass<V>(work.head, block) &&
        takes_masked_pass<V>(work.head, next_block)) {
      float* t = work.transform_beside(row.x, begun.place);
      if (begun.x != row.x || begun.block != &block) MaskedPass<V>{{row.x, block.mask}, t}.finish();
      begun = {next.x, &next_block, 1 - begun.place};
      transform_beside_next<V>(t, {next.x, next_block.mask}, work.transform_beside(next.x, begun.place));
      return t;
    }
  }
  return transform_block(work, row, block);
}

}  // namespace
