// Rows that are made one after the other in registers, and where they come from and go to.
#pragma once

#include <cstddef>
#include <cstdint>

#include "stages.h"

namespace {

// A source is where a transform takes its input, a register at index i at a time; a sink is where a row that
// fits the registers leaves its output, from index `at` on. A kernel that has more to do with an element than
// to load or store it does so in a source or sink of its own.
template <class V>
struct Load {
  const typename V::scalar* p;
  Reg<V> operator()(size_t i) const { return V::load(p + i); }
};

// What a transform in place reads: the compiler knows that it is the array that is written.
template <class V>
struct InPlace : Load<V> {};

template <class V>
struct Store {
  typename V::scalar* p;
  template <int count>
  [[gnu::always_inline]] void operator()(const Reg<V> (&a)[count], size_t at) const {
#pragma GCC unroll 16
    for (int i = 0; i < count; i++) V::store(p + at + i * V::width, a[i]);
  }
};

// Does the first log2(count) stages of a register of columns, in place, beside rows: these keep the pipes
// that multiply busy, so differences are plain subtractions.
template <class V, int count>
[[gnu::always_inline]] inline void columns_beside(typename V::scalar* t, size_t stride) {
  Reg<V> a[count];
#pragma GCC unroll 16
  for (int i = 0; i < count; i++) a[i] = V::load(t + i * stride);
  across_before_shuffles<V>(a);
#pragma GCC unroll 16
  for (int i = 0; i < count; i++) V::store(t + i * stride, a[i]);
}

// Makes the whole transform of `count` registers, from the source to the sink.
template <class V, int count, class Source, class Sink>
[[gnu::always_inline]] inline void transform_registers(const Source& source, Sink&& sink, size_t at) {
  Reg<V> a[count];
#pragma GCC unroll 16
  for (int i = 0; i < count; i++) a[i] = source(at + i * V::width);
  in_registers<V>(a);
  sink(a, at);
}

template <class V>
inline bool is_aligned(const typename V::scalar* p) {
  return reinterpret_cast<uintptr_t>(p) % (V::width * sizeof(*p)) == 0;
}

// Transforms rows that fit the registers, one after the other, without a call for each.
template <class V, int count>
void transform_rows(typename V::scalar* p, size_t n, size_t rows) {
  if (n == static_cast<size_t>(count) * V::width) {
    for (size_t r = 0; r < rows; r++) transform_registers<V, count>(Load<V>{p}, Store<V>{p}, r * n);
  } else if constexpr (count > 1) {
    transform_rows<V, count / 2>(p, n, rows);
  }
}

}  // namespace
