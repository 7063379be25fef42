// Stages of a transform that are done in registers: docs/numerics.md, "The transform".
//
// Everything is in an unnamed namespace: each target must keep its own copy, compiled with its own flags.
#pragma once

#include <cstddef>

namespace {

template <class V>
using Reg = typename V::reg;

// Returns the difference of a stage, made by the multiply pipes where the type has an instruction for that:
// the add pipes are busy with the sums.
template <class V>
[[gnu::always_inline]] inline Reg<V> difference(const V& v, Reg<V> a, Reg<V> b) {
  if constexpr (requires { v.sub_by_fma(a, b); }) {
    return v.sub_by_fma(a, b);
  } else {
    return V::sub(a, b);
  }
}

// Does the stages across an array of registers, in descending order.
template <class V, int count, class Subtract>
[[gnu::always_inline]] inline void across(Reg<V> (&a)[count], const Subtract& subtract) {
#pragma GCC unroll 5
  for (int h = count / 2; h >= 1; h /= 2) {
#pragma GCC unroll 16
    for (int i = 0; i < count / 2; i++) {
      const int low = (i / h) * 2 * h + i % h;
      const Reg<V> sum = V::add(a[low], a[low + h]);
      a[low + h] = subtract(h, a[low], a[low + h]);
      a[low] = sum;
    }
  }
}

// Where multiply-adds hinder what else a pass does, not all stages take their differences by them.
template <class V, int count>
[[gnu::always_inline]] inline void across(const V& v, Reg<V> (&a)[count]) {
  across<V>(a, [&](int h, Reg<V> x, Reg<V> y) {
    if constexpr (requires { V::fma_from; }) {
      return h >= V::fma_from ? difference(v, x, y) : V::sub(x, y);
    } else {
      return V::sub(x, y);
    }
  });
}

// Does the stages across registers where stages within registers follow. Their shuffles and multiply-adds
// fill the multiply pipes, so differences are plain subtractions here: llvm-mca 19 for Zen 4 has 114 cycles
// for a row of 256 with AVX-512, and 131 with sub_by_fma.
template <class V, int count>
[[gnu::always_inline]] inline void across_before_shuffles(Reg<V> (&a)[count]) {
  across<V>(a, [](int, Reg<V> x, Reg<V> y) { return V::sub(x, y); });
}

// Does the stages within each register of a group. A group of four hides the latency of shuffle and add.
template <class V, int stride, int count>
[[gnu::always_inline]] inline void within(Reg<V>* a) {
  if constexpr (stride == 2 && count >= 2 && requires { V::last_two_stages(a[0], a[1]); }) {
#pragma GCC unroll 2
    for (int i = 0; i < count; i += 2) V::last_two_stages(a[i], a[i + 1]);
  } else if constexpr (stride >= 1) {
#pragma GCC unroll 4
    for (int i = 0; i < count; i++) a[i] = V::template butterfly<stride>(a[i]);
    within<V, stride / 2, count>(a);
  }
}

// Does all stages of count · width elements that are held in registers.
template <class V, int count>
[[gnu::always_inline]] inline void in_registers(Reg<V> (&a)[count]) {
  across_before_shuffles<V>(a);
  constexpr int group = count < 4 ? count : 4;
#pragma GCC unroll 8
  for (int i = 0; i < count; i += group) within<V, V::width / 2, group>(a + i);
}

// Whether rows that fit the registers are made one into the other: overlap.h. Two of them are in registers
// then, so a row has eight.
template <class V>
constexpr bool kOverlapsRows = requires { V::overlaps_rows; };

template <class V>
constexpr int kRowRegisters = kOverlapsRows<V> ? 8 : V::registers;

template <class V>
constexpr size_t row_length_in_registers = kRowRegisters<V> * V::width;

}  // namespace
