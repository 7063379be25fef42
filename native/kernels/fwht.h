// The transform, written once over a vector type (docs/numerics.md, "The transform"). Every grouping of
// stages below keeps their order, so all give the same bits; what differs is how often memory is touched.
//
// Everything is in an unnamed namespace: each target must keep its own copy, compiled with its own flags.
#pragma once

#include <cstddef>

#include "ahead.h"
#include "leaves.h"
#include "overlap.h"
#include "rows.h"
#include "stages.h"

namespace {

// Does the first log2(radix) stages of one register of columns, from the source to the array at t.
template <class V, int radix, class Source>
[[gnu::always_inline]] inline void columns_at(const V& v, const Source& source, typename V::scalar* t,
                                              size_t j, size_t stride) {
  Reg<V> a[radix];
#pragma GCC unroll 16
  for (int i = 0; i < radix; i++) a[i] = source(j + i * stride);
  across(v, a);
#pragma GCC unroll 16
  for (int i = 0; i < radix; i++) V::store(t + j + i * stride, a[i]);
}

// Does the first log2(radix) stages of all columns: radix stretches of `stride` are left.
template <class V, int radix, class Source>
[[gnu::always_inline]] inline void columns(const V& v, const Source& source, typename V::scalar* t, size_t at,
                                           size_t stride) {
  for (size_t j = at; j < at + stride; j += V::width) columns_at<V, radix>(v, source, t, j, stride);
}

// The same in place. The stretches keep an address each and share an index, and nothing is loaded twice: that
// is 3 to 4 % of a transform from the second-level cache on Zen 3.
template <class V, int radix>
[[gnu::always_inline]] inline void columns(const V& v, const InPlace<V>&, typename V::scalar* t, size_t at,
                                           size_t stride) {
  const V own = v;
  typename V::scalar* p[radix];
#pragma GCC unroll 16
  for (int i = 0; i < radix; i++) {
    p[i] = t + at + i * stride;
    asm("" : "+r"(p[i]));
  }
#pragma GCC unroll 1
  for (size_t j = 0; j < stride; j += V::width) {
    Reg<V> a[radix];
#pragma GCC unroll 16
    for (int i = 0; i < radix; i++) {
      Reg<V> loaded = V::load(p[i] + j);
      if constexpr (requires { V::load_once(loaded); }) V::load_once(loaded);
      a[i] = loaded;
    }
    across(own, a);
#pragma GCC unroll 16
    for (int i = 0; i < radix; i++) V::store(p[i] + j, a[i]);
  }
}

// Does what columns() does where the stretches that are left fit the registers, and transforms these too. The
// first one stays in registers and is finished without going through memory.
template <class V, int radix, class Source>
[[gnu::always_inline]] inline void columns_and_rows(const V& v, const Source& source, typename V::scalar* t,
                                                    size_t at) {
  constexpr size_t length = row_length_in_registers<V>;
  Reg<V> first[kRowRegisters<V>];
#pragma GCC unroll 16
  for (int j = 0; j < kRowRegisters<V>; j++) {
    Reg<V> a[radix];
#pragma GCC unroll 16
    for (int i = 0; i < radix; i++) a[i] = source(at + j * V::width + i * length);
    across(v, a);
    first[j] = a[0];
#pragma GCC unroll 16
    for (int i = 1; i < radix; i++) V::store(t + at + j * V::width + i * length, a[i]);
  }
  if constexpr (kOverlapsRows<V>) {
    across_before_shuffles<V>(first);
    return finish_overlapping<V>(first, t + at, radix);
  }
  in_registers<V>(first);
  Store<V>{t}(first, at);
  if constexpr (radix > 2) return transform_rows<V, kRowRegisters<V>>(t + at + length, length, radix - 1);
  transform_registers<V, kRowRegisters<V>>(Load<V>{t}, Store<V>{t}, at + length);
}

template <class V>
void transform_stretches(const V& v, typename V::scalar* t, size_t n, size_t count);

// Makes the transform of a row that is longer than the registers: its first stages, then its stretches.
template <class V, int radix, class Source>
[[gnu::always_inline]] inline void split(const V& v, const Source& source, typename V::scalar* t, size_t at,
                                         size_t n) {
  if constexpr (radix <= 8) {
    if (n == radix * row_length_in_registers<V>) return columns_and_rows<V, radix>(v, source, t, at);
  }
  columns<V, radix>(v, source, t, at, n / radix);
  transform_stretches(v, t + at, n / radix, radix);
}

// Makes the transform of a row of at most row_length_in_registers elements.
template <class V, int count, class Source>
[[gnu::always_inline]] inline void transform_in_registers(const Source& source, typename V::scalar* t,
                                                          size_t at, size_t n) {
  if (n == static_cast<size_t>(count) * V::width) {
    transform_registers<V, count>(source, Store<V>{t}, at);
  } else if constexpr (count > 1) {
    transform_in_registers<V, count / 2>(source, t, at, n);
  }
}

template <class V, class Source>
[[gnu::always_inline]] inline void transform_by_size(const V& v, const Source& source, typename V::scalar* t,
                                                     size_t at, size_t n) {
  if (n <= row_length_in_registers<V>) {
    transform_in_registers<V, kRowRegisters<V>>(source, t, at, n);
    return;
  }
  if constexpr (kPassesAhead<V>) {
    // What is left over by radix 8 is done at the end, where rows are made beside passes.
    if (n == 2 * row_length_in_registers<V>) return split<V, 2>(v, source, t, at, n);
    if (n == 4 * row_length_in_registers<V>) return split<V, 4>(v, source, t, at, n);
    return split<V, 8>(v, source, t, at, n);
  }
  switch (__builtin_ctzll(n / row_length_in_registers<V>) % 3) {
    case 1:
      if (n == 2 * row_length_in_registers<V>) return split<V, 2>(v, source, t, at, n);
      // One left over is none where rows of twice the length are made at once. Otherwise it and three more
      // are done as two passes of radix 4, which store as often.
      if constexpr (kOverlapsRows<V>) return split<V, 8>(v, source, t, at, n);
      return split<V, 4>(v, source, t, at, n);
    case 2:
      return split<V, 4>(v, source, t, at, n);
    default:
      return split<V, 8>(v, source, t, at, n);
  }
}

// Makes the transform of the n ≥ width elements that the source has from index `at` on, to t, which is
// indexed like the source and may be what the source reads. It goes depth first, so that stretches are
// finished while they are in cache, whatever the sizes of the caches are. The stages left over by radix 8
// come first.
template <class V, class Source>
void transform(const V& v, const Source& source, typename V::scalar* t, size_t at, size_t n) {
  transform_by_size(v, source, t, at, n);
}

// The same in place. Where the compiler knows that the source is the array itself, a loop has half as many
// addresses.
template <class V>
void transform_stretch(const V& v, typename V::scalar* t, size_t n) {
  transform_by_size(v, InPlace<V>{{t}}, t, 0, n);
}

// Transforms rows of n ≥ width elements in place.
template <class V>
void transform_stretches(const V& v, typename V::scalar* t, size_t n, size_t count) {
  if constexpr (kOverlapsRows<V>) {
    constexpr size_t length = row_length_in_registers<V>;
    if (count > 0 && n == length) return transform_overlapping<V>(t, count);
    if (count > 0 && n == 2 * length) return transform_long_rows<V>(t, count);
    if (count > 1 && n <= 16 * length) return transform_leaves_of<V>(t, n, count, NoPass{});
    if constexpr (kPassesAhead<V>) {
      if (count > 1 && n <= 128 * length && is_aligned<V>(t)) return transform_ahead<V>(t, n, count);
    }
  }
  for (size_t i = 0; i < count; i++) transform_stretch(v, t + i * n, n);
}

// Makes the transform of `count` elements, or of fewer, in place. A loop to n would be made one of vectors,
// with more tests than work.
template <int count, class T>
inline void transform_elements(T* p, size_t n) {
  if (n == static_cast<size_t>(count)) {
    T a[count];
#pragma GCC unroll 8
    for (int i = 0; i < count; i++) a[i] = p[i];
#pragma GCC unroll 3
    for (int h = count / 2; h >= 1; h /= 2) {
#pragma GCC unroll 8
      for (int i = 0; i < count; i++) {
        if (i & h) continue;
        const T sum = a[i] + a[i + h];
        a[i + h] = a[i] - a[i + h];
        a[i] = sum;
      }
    }
#pragma GCC unroll 8
    for (int i = 0; i < count; i++) p[i] = a[i];
  } else if constexpr (count > 2) {
    transform_elements<count / 2>(p, n);
  }
}

// Makes the transform of a row shorter than a register, in place.
template <class V>
inline void transform_short(typename V::scalar* p, size_t n) {
  if constexpr (V::width > 2) transform_elements<V::width / 2>(p, n);
}

template <class V>
void transform_in_place(const V& v, typename V::scalar* p, size_t n) {
  if (n < V::width) return transform_short<V>(p, n);
  if constexpr (kOverlapsRows<V>) return transform_stretches(v, p, n, 1);
  // What a function does for long rows before it looks at their length takes 3 ns.
  if (n <= row_length_in_registers<V>)
    return transform_in_registers<V, kRowRegisters<V>>(Load<V>{p}, p, 0, n);
  transform_stretch(v, p, n);
}

template <class V>
void transform_rows_in_place(const V& v, typename V::scalar* p, size_t n, size_t rows) {
  if (n < V::width) {
    for (size_t r = 0; r < rows; r++) transform_short<V>(p + r * n, n);
  } else if (n < row_length_in_registers<V> || (n == row_length_in_registers<V> && !kOverlapsRows<V>)) {
    transform_rows<V, kRowRegisters<V>>(p, n, rows);
  } else {
    transform_stretches(v, p, n, rows);
  }
}

}  // namespace
