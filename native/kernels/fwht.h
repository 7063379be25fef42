// The transform, written once over a vector type (docs/numerics.md, "The transform"). Every grouping of
// stages below keeps their order, so all give the same bits; what differs is how often memory is touched.
//
// Everything is in an unnamed namespace: each target must keep its own copy, compiled with its own flags.
#pragma once

#include <cstddef>

namespace {

template <class V>
using Reg = typename V::reg;

// Stages across an array of registers, descending.
template <class V, int count>
[[gnu::always_inline]] inline void across(const V& v, Reg<V> (&a)[count]) {
#pragma GCC unroll 5
  for (int h = count / 2; h >= 1; h /= 2) {
#pragma GCC unroll 16
    for (int i = 0; i < count / 2; i++) {
      const int low = (i / h) * 2 * h + i % h;
      const Reg<V> sum = V::add(a[low], a[low + h]);
      a[low + h] = v.sub(a[low], a[low + h]);
      a[low] = sum;
    }
  }
}

// Stages within each of a group of registers: a group of four hides the latency of shuffle and add.
template <class V, int stride, int count>
[[gnu::always_inline]] inline void within(Reg<V>* a) {
  if constexpr (stride >= 1) {
#pragma GCC unroll 4
    for (int i = 0; i < count; i++) a[i] = V::template butterfly<stride>(a[i]);
    within<V, stride / 2, count>(a);
  }
}

// All stages of count · width elements held in registers.
template <class V, int count>
[[gnu::always_inline]] inline void in_registers(const V& v, Reg<V> (&a)[count]) {
  across(v, a);
  constexpr int group = count < 4 ? count : 4;
#pragma GCC unroll 8
  for (int i = 0; i < count; i += group) within<V, V::width / 2, group>(a + i);
}

template <class V, int count>
[[gnu::always_inline]] inline void load_all(const typename V::scalar* p, size_t stride, Reg<V> (&a)[count]) {
#pragma GCC unroll 16
  for (int i = 0; i < count; i++) a[i] = V::load(p + i * stride);
}

template <class V, int count>
[[gnu::always_inline]] inline void store_all(typename V::scalar* p, size_t stride, const Reg<V> (&a)[count]) {
#pragma GCC unroll 16
  for (int i = 0; i < count; i++) V::store(p + i * stride, a[i]);
}

template <class V, int count>
[[gnu::always_inline]] inline void row(const V& v, typename V::scalar* p) {
  Reg<V> a[count];
  load_all<V>(p, V::width, a);
  in_registers(v, a);
  store_all<V>(p, V::width, a);
}

// The first log2(radix) stages, on the strided array in place.
template <class V, int radix>
[[gnu::always_inline]] inline void columns(const V& v, typename V::scalar* p, size_t stride) {
  for (size_t j = 0; j < stride; j += V::width) {
    Reg<V> a[radix];
    load_all<V>(p + j, stride, a);
    across(v, a);
    store_all<V>(p + j, stride, a);
  }
}

template <class V>
constexpr size_t row_length_in_registers = V::registers * V::width;

// The same where the blocks fit the registers: the first block stays there and is finished without going
// through memory.
template <class V, int radix>
[[gnu::always_inline]] inline void columns_and_rows(const V& v, typename V::scalar* p) {
  constexpr size_t length = row_length_in_registers<V>;
  Reg<V> first[V::registers];
#pragma GCC unroll 16
  for (int j = 0; j < V::registers; j++) {
    Reg<V> a[radix];
    load_all<V>(p + j * V::width, length, a);
    across(v, a);
    first[j] = a[0];
#pragma GCC unroll 8
    for (int i = 1; i < radix; i++) V::store(p + j * V::width + i * length, a[i]);
  }
  in_registers(v, first);
  store_all<V>(p, V::width, first);
  for (int i = 1; i < radix; i++) row<V, V::registers>(v, p + i * length);
}

template <class V>
void transform(const V& v, typename V::scalar* p, size_t n);

template <class V, int radix>
[[gnu::always_inline]] inline void split(const V& v, typename V::scalar* p, size_t n) {
  if (n == radix * row_length_in_registers<V>) {
    columns_and_rows<V, radix>(v, p);
    return;
  }
  columns<V, radix>(v, p, n / radix);
  for (int i = 0; i < radix; i++) transform(v, p + i * (n / radix), n / radix);
}

// Shorter than a register.
template <class V>
inline void transform_short(typename V::scalar* p, size_t n) {
  for (size_t h = n / 2; h >= 1; h /= 2) {
    for (size_t i = 0; i < n; i++) {
      if (i & h) continue;
      const auto sum = p[i] + p[i + h];
      p[i + h] = p[i] - p[i + h];
      p[i] = sum;
    }
  }
}

// Rows of at most row_length_in_registers.
template <class V, int count>
[[gnu::always_inline]] inline void transform_row(const V& v, typename V::scalar* p, size_t n) {
  if (n == static_cast<size_t>(count) * V::width) {
    row<V, count>(v, p);
  } else if constexpr (count > 1) {
    transform_row<V, count / 2>(v, p, n);
  } else {
    transform_short<V>(p, n);
  }
}

// Depth first: blocks are finished while they are in cache, whatever the caches' sizes are. The stages left
// over by radix 8 come first.
template <class V>
void transform(const V& v, typename V::scalar* p, size_t n) {
  if (n <= row_length_in_registers<V>) {
    transform_row<V, V::registers>(v, p, n);
    return;
  }
  switch (__builtin_ctzll(n / row_length_in_registers<V>) % 3) {
    case 1:
      return split<V, 2>(v, p, n);
    case 2:
      return split<V, 4>(v, p, n);
    default:
      return split<V, 8>(v, p, n);
  }
}

}  // namespace
