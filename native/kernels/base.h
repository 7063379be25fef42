// The stage of B in a transform of order b · 2^m: docs/numerics.md, "Orders b · 2^m".
#pragma once

#include <cstddef>

#include "../kernels.h"
#include "fwht.h"

namespace {

using fixed_classifier::Base;
using fixed_classifier::kMaxBase;

// The sixteen signed sums of four elements, in the order of Base::terms. The last eight are the first with
// the other sign: adding one of them is subtracting its partner, bit for bit.
template <class V>
[[gnu::always_inline]] inline void signed_sums(const V& v, const Reg<V> (&x)[4], typename V::scalar* out) {
  const Reg<V> first[2] = {V::add(x[0], x[1]), v.sub(x[0], x[1])};
  const Reg<V> second[2] = {V::add(x[2], x[3]), v.sub(x[2], x[3])};
#pragma GCC unroll 8
  for (int i = 0; i < 8; i++) {
    const Reg<V> p = first[i & 1];
    const Reg<V> q = second[i >> 2];
    const Reg<V> sum = (i & 2) ? v.sub(p, q) : V::add(p, q);
    V::store(out + i * V::width, sum);
    V::store(out + (i + 8) * V::width, V::minus(sum));
  }
}

// In place: t[r · stride + j] ← Σ_k B[r][k] · t[k · stride + j] for r < rows, for the columns of one
// register.
template <class V>
inline void base_columns(const V& v, const Base& base, typename V::scalar* t, size_t stride, size_t rows) {
  alignas(64) typename V::scalar sums[kMaxBase / 4 * 16 * V::width];
  const size_t groups = base.order / 4;
  for (size_t g = 0; g < groups; g++) {
    const typename V::scalar* from = t + 4 * g * stride;
    const Reg<V> x[4] = {V::load(from), V::load(from + stride), V::load(from + 2 * stride),
                         V::load(from + 3 * stride)};
    signed_sums(v, x, sums + g * 16 * V::width);
  }
  const auto sum_of_row = [&](size_t r) {
    const uint16_t* terms = base.terms + r * groups;
    Reg<V> y = V::load(sums + terms[0] * V::width);
    for (size_t g = 1; g < groups; g++) y = V::add(y, V::load(sums + terms[g] * V::width));
    return y;
  };
  size_t r = 0;
  for (; r + 4 <= rows; r += 4) {  // four chains hide each other's latency
    Reg<V> y[4];
    const uint16_t* terms = base.terms + r * groups;
    for (int i = 0; i < 4; i++) y[i] = V::load(sums + terms[i * groups] * V::width);
    for (size_t g = 1; g < groups; g++) {
#pragma GCC unroll 4
      for (int i = 0; i < 4; i++) y[i] = V::add(y[i], V::load(sums + terms[i * groups + g] * V::width));
    }
    for (int i = 0; i < 4; i++) V::store(t + (r + i) * stride, y[i]);
  }
  for (; r < rows; r++) V::store(t + r * stride, sum_of_row(r));
}

// Fewer elements than a register holds, for strides shorter than that.
template <class T, int count>
struct Narrow {
  using scalar = T;
  typedef T reg __attribute__((vector_size(count * sizeof(T))));
  static constexpr int width = count;
  static reg load(const T* p) {
    reg a;
    __builtin_memcpy(&a, p, sizeof a);
    return a;
  }
  static void store(T* p, reg a) { __builtin_memcpy(p, &a, sizeof a); }
  static reg add(reg a, reg b) { return a + b; }
  static reg sub(reg a, reg b) { return a - b; }
  static reg minus(reg a) { return -a; }
};

// Plain elements: compilers make slow work of vectors of one.
template <class T>
struct Narrow<T, 1> {
  using scalar = T;
  using reg = T;
  static constexpr int width = 1;
  static reg load(const T* p) { return *p; }
  static void store(T* p, reg a) { *p = a; }
  static reg add(reg a, reg b) { return a + b; }
  static reg sub(reg a, reg b) { return a - b; }
  static reg minus(reg a) { return -a; }
};

template <class V, int width>
void base_stage_by(const V& v, const Base& base, typename V::scalar* t, size_t stride, size_t rows) {
  if constexpr (width == V::width) {
    if (stride >= width) {
      for (size_t j = 0; j < stride; j += width) base_columns(v, base, t + j, stride, rows);
      return;
    }
  } else if (stride == width) {
    return base_columns(Narrow<typename V::scalar, width>{}, base, t, stride, rows);
  }
  if constexpr (width > 1) base_stage_by<V, width / 2>(v, base, t, stride, rows);
}

template <class V>
void base_stage(const V& v, const Base& base, typename V::scalar* t, size_t stride, size_t rows) {
  base_stage_by<V, V::width>(v, base, t, stride, rows);
}

}  // namespace
