// What a register costs the vector pipes: the additions and shuffles of a transform, as many of each as it
// has and by the functions of the vector type, but on registers that wait for no others.
#pragma once

#include <utility>

#include "../../native/kernels/fwht.h"
#include "limits.h"

namespace {

constexpr int kStretch = 8;

// Keeps what the compiler would leave out.
template <class Reg>
[[gnu::always_inline]] inline void keep(const Reg& a) {
  Reg copy = a;
  opaque(copy);
}

template <int bits>
constexpr int log2_of = 1 + log2_of<bits / 2>;
template <>
constexpr int log2_of<1> = 0;

// Does a stage of two registers. The difference is made of the sum, so that the compiler need not copy what
// it overwrites: there are no copies in the kernels either.
template <class V, bool by_multiplying>
[[gnu::always_inline]] inline void pair(const V& v, Reg<V> x, Reg<V> y) {
  Reg<V> a = V::add(x, y);
  opaque(a);
  if constexpr (by_multiplying) {
    a = difference(v, a, y);
  } else {
    a = V::sub(a, y);
  }
  keep(a);
}

template <class V, int stride>
[[gnu::always_inline]] inline void stages_within(Reg<V> a) {
  if constexpr (stride >= 1) {
    a = V::template butterfly<stride>(a);
    stages_within<V, stride / 2>(a);
  } else {
    keep(a);
  }
}

// Does all stages within two registers.
template <class V, int stride>
[[gnu::always_inline]] inline void both_within(Reg<V> a, Reg<V> b) {
  if constexpr (stride == 2 && requires { V::last_two_stages(a, b); }) {
    V::last_two_stages(a, b);
    keep(a);
    keep(b);
  } else if constexpr (stride > 2) {
    both_within<V, stride / 2>(V::template butterfly<stride>(a), V::template butterfly<stride>(b));
  } else {
    stages_within<V, stride>(a);
    stages_within<V, stride>(b);
  }
}

// Takes registers through stages, so many sixths of the differences by multiplying.
template <class V, int stages, int sixths>
size_t through_stages(size_t turns) {
  constexpr int half = kStretch / 2;
  alignas(64) typename V::scalar memory[2 * V::width] = {};
  const V v{};
  Reg<V> x = V::load(memory), y = V::load(memory + V::width);
  for (size_t turn = 0; turn < turns; turn++) {
#pragma GCC unroll 4
    for (int i = 0; i < half; i++) {
      opaque(x);
      opaque(y);
      both_within<V, V::width / 2>(x, y);
#pragma GCC unroll 20
      for (int k = 0; k < stages; k++) {
        opaque(x);
        const int pairs = i * stages + k;
        if (pairs * sixths / 6 == (pairs + 1) * sixths / 6) {
          pair<V, false>(v, x, y);
        } else {
          pair<V, true>(v, x, y);
        }
      }
    }
  }
  keep(x);
  return turns * kStretch;
}

template <class V>
size_t only_across(size_t turns) {
  alignas(64) typename V::scalar memory[2 * V::width] = {};
  const V v{};
  Reg<V> x = V::load(memory), y = V::load(memory + V::width);
  for (size_t turn = 0; turn < turns; turn++) {
#pragma GCC unroll 8
    for (int i = 0; i < kStretch; i++) {
      opaque(x);
      opaque(y);
      pair<V, true>(v, x, y);
    }
  }
  return turns * 2 * kStretch;
}

template <class V, int sixths, int... stages>
constexpr void fill(fixed_classifier::Loop* loops, std::integer_sequence<int, stages...>) {
  ((loops[stages] = through_stages<V, stages, sixths>), ...);
}

}  // namespace
