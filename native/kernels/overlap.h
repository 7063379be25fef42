// Rows that fit the registers, each begun while the one before it is finished.
#pragma once

#include <cstddef>

#include "stages.h"

namespace {

// Does butterfly k of the stages across eight registers, and loads what the first stage needs for it.
template <class V>
[[gnu::always_inline]] inline void butterfly_across(Reg<V> (&a)[8], int k, const typename V::scalar* p) {
  const int h = k < 4 ? 4 : k < 8 ? 2 : 1;
  const int i = k % 4;
  const int low = i / h * 2 * h + i % h;
  if (h == 4) {
    a[low] = V::load(p + low * V::width);
    a[low + 4] = V::load(p + (low + 4) * V::width);
  }
  const Reg<V> sum = V::add(a[low], a[low + h]);
  a[low + h] = V::sub(a[low], a[low + h]);
  a[low] = sum;
}

// Does the stages within two registers, and after each a butterfly of `next` from k to `end`.
template <class V, int stride>
[[gnu::always_inline]] inline void within_and_across(Reg<V>* a, Reg<V> (&next)[8], int k, int end,
                                                     const typename V::scalar* p) {
  if constexpr (stride >= 1) {
    constexpr bool two = stride == 2 && requires { V::last_two_stages(a[0], a[1]); };
    if constexpr (two) {
      V::last_two_stages(a[0], a[1]);
    } else {
      a[0] = V::template butterfly<stride>(a[0]);
      a[1] = V::template butterfly<stride>(a[1]);
    }
    butterfly_across<V>(next, k, p);
    within_and_across<V, two ? 0 : stride / 2>(a, next, k + 1, end, p);
  } else {
#pragma GCC unroll 3
    for (; k < end; k++) butterfly_across<V>(next, k, p);
  }
}

// Whether rows that fit the registers are made one into the other. Stages across registers need the pipes
// that add, stages within them those that shuffle and multiply, and a core that looks ahead less than two
// rows has the one or the other idle: 3.5 cycles a register on Zen 3, and 3.25 so.
template <class V>
constexpr bool kOverlapsRows = requires { V::overlaps_rows; };

// Finishes `count` rows that fit eight registers, of which the first one's stages across registers are done,
// in `a`, and the others are at p + length and on. Each is begun while the one before it is finished.
template <class V>
[[gnu::always_inline]] inline void finish_overlapping(Reg<V> (&a)[8], typename V::scalar* p, size_t count) {
  constexpr size_t length = 8 * V::width;
#pragma GCC unroll 1
  for (; count > 1; count--, p += length) {
    Reg<V> next[8];
#pragma GCC unroll 4
    for (int i = 0; i < 8; i += 2) {
      within_and_across<V, V::width / 2>(a + i, next, i / 2 * 3, i / 2 * 3 + 3, p + length);
      V::store(p + i * V::width, a[i]);
      V::store(p + (i + 1) * V::width, a[i + 1]);
    }
#pragma GCC unroll 8
    for (int i = 0; i < 8; i++) a[i] = next[i];
  }
#pragma GCC unroll 2
  for (int i = 0; i < 8; i += 4) within<V, V::width / 2, 4>(a + i);
#pragma GCC unroll 8
  for (int i = 0; i < 8; i++) V::store(p + i * V::width, a[i]);
}

// Transforms rows that fit eight registers.
template <class V>
void transform_overlapping(typename V::scalar* p, size_t count) {
  Reg<V> a[8];
#pragma GCC unroll 12
  for (int k = 0; k < 12; k++) butterfly_across<V>(a, k, p);
  finish_overlapping<V>(a, p, count);
}

}  // namespace
