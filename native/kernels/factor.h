// The stage of B in a transform of order b · 2^m: docs/numerics.md, "Orders b · 2^m".
#pragma once

#include <cstddef>

#include "../simd/narrow.h"
#include "fwht.h"
#include "paley_rows.h"
#include "table.h"

namespace {

using fixed_classifier::kFactorGroup;
using fixed_classifier::kMaxFactorOrder;
using fixed_classifier::KroneckerFactor;

// How many signed sums a group has.
constexpr size_t kGroupSums = 16;

// Stores the sixteen signed sums of four elements, in the order of KroneckerFactor::terms and `distance`
// apart. The last eight, which are left out if x[0] is negative in no row, are the first with the other sign:
// adding one of them is subtracting its partner, bit for bit.
template <bool all, class V>
[[gnu::always_inline]] inline void signed_sums(const V& v, const Reg<V> (&x)[kFactorGroup],
                                               typename V::scalar* out, size_t distance) {
  const Reg<V> first[2] = {V::add(x[0], x[1]), difference(v, x[0], x[1])};
  const Reg<V> second[2] = {V::add(x[2], x[3]), difference(v, x[2], x[3])};
#pragma GCC unroll 8
  for (int i = 0; i < 8; i++) {
    const Reg<V> p = first[i & 1];
    const Reg<V> q = second[i >> 2];
    const Reg<V> sum = (i & 2) ? difference(v, p, q) : V::add(p, q);
    V::store(out + i * distance, sum);
    if constexpr (all) V::store(out + (i + 8) * distance, V::negate(sum));
  }
}

// Makes t[r · stride + j] of `count` rows of B from their signed sums. Each row looks up its terms once for
// all its registers, and four rows together hide each other's latency.
template <class V, int registers, int count>
[[gnu::always_inline]] inline void factor_rows(const KroneckerFactor& factor, const typename V::scalar* sums,
                                               typename V::scalar* t, size_t stride, size_t r) {
  constexpr size_t distance = registers * V::width;
  const size_t groups = factor.order / kFactorGroup;
  const uint16_t* terms = factor.terms + r * groups;
  Reg<V> y[count][registers];
#pragma GCC unroll 4
  for (int i = 0; i < count; i++) {
    const typename V::scalar* term = sums + terms[i * groups] * distance;
#pragma GCC unroll 2
    for (int c = 0; c < registers; c++) y[i][c] = V::load(term + c * V::width);
  }
  for (size_t g = 1; g < groups; g++) {
#pragma GCC unroll 4
    for (int i = 0; i < count; i++) {
      const typename V::scalar* term = sums + terms[i * groups + g] * distance;
#pragma GCC unroll 2
      for (int c = 0; c < registers; c++) y[i][c] = V::add(y[i][c], V::load(term + c * V::width));
    }
  }
#pragma GCC unroll 4
  for (int i = 0; i < count; i++) {
#pragma GCC unroll 2
    for (int c = 0; c < registers; c++) V::store(t + (r + i) * stride + c * V::width, y[i][c]);
  }
}

// Makes t[r · stride + j] ← Σ_k B[r][k] · t[k · stride + j] for r < rows, in place, for the columns of one
// register, or of two if B is not one of the largest: worker threads may have small stacks.
template <class V, int registers>
inline void factor_columns(const V& v, const KroneckerFactor& factor, typename V::scalar* t, size_t stride,
                           size_t rows) {
  constexpr size_t distance = registers * V::width;
  alignas(64) typename V::scalar sums[kMaxFactorOrder / kFactorGroup * kGroupSums * V::width];
  const auto sums_of = [&]<bool all>(size_t g) {
#pragma GCC unroll 2
    for (int c = 0; c < registers; c++) {
      const typename V::scalar* from = t + kFactorGroup * g * stride + c * V::width;
      const Reg<V> x[kFactorGroup] = {V::load(from), V::load(from + stride), V::load(from + 2 * stride),
                                      V::load(from + 3 * stride)};
      signed_sums<all>(v, x, sums + g * kGroupSums * distance + c * V::width, distance);
    }
  };
  sums_of.template operator()<false>(0);
  for (size_t g = 1; g < factor.order / kFactorGroup; g++) sums_of.template operator()<true>(g);
  size_t r = 0;
  for (; r + 4 <= rows; r += 4) factor_rows<V, registers, 4>(factor, sums, t, stride, r);
  for (; r < rows; r++) factor_rows<V, registers, 1>(factor, sums, t, stride, r);
}

// Does the stage of B by registers of `width` elements, or of fewer where the stride is shorter.
template <class V, int width>
void factor_stage_by(const V& v, const KroneckerFactor& factor, typename V::scalar* t, size_t stride,
                     size_t rows) {
  if constexpr (width == V::width) {
    // That way makes all rows; a few of them take less time by tables.
    if (rows > factor.order / 2 && stride >= width && columns_of_paley<V>(factor, t, stride, 0, stride))
      return;
    if (stride >= 2 * width && factor.order <= kMaxFactorOrder / 2) {
      for (size_t j = 0; j < stride; j += 2 * width) factor_columns<V, 2>(v, factor, t + j, stride, rows);
      return;
    }
    if (stride >= width) {
      for (size_t j = 0; j < stride; j += width) factor_columns<V, 1>(v, factor, t + j, stride, rows);
      return;
    }
  } else if (stride == width) {
    using Vector = NarrowVector<typename V::scalar, width>;
    return factor_columns<Vector, 1>(Vector{}, factor, t, stride, rows);
  }
  if constexpr (width > 1) factor_stage_by<V, width / 2>(v, factor, t, stride, rows);
}

// Does the stage of B in place, for the first `rows` of its rows.
template <class V>
void factor_stage(const V& v, const KroneckerFactor& factor, typename V::scalar* t, size_t stride,
                  size_t rows) {
  factor_stage_by<V, V::width>(v, factor, t, stride, rows);
}

}  // namespace
