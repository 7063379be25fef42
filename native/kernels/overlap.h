// Rows that fit eight registers, each begun while the one before it is finished. Stages across registers need
// the pipes that add, stages within them those that shuffle and multiply, and a core that looks ahead less
// than two rows has the one or the other idle: 3.5 cycles a register on Zen 3, and 3.2 so; rows of 256 with
// AVX-512 take 0.80 of the time on Zen 5.
#pragma once

#include <cstddef>

#include "stages.h"

namespace {

// What the registers of a row begin as: its elements, or the sums or the differences of the halves of a row
// twice as long, which is in place of the first of the two rows that it becomes and of the one behind it.
enum class From { elements, sums, differences };

template <class V, From from>
[[gnu::always_inline]] inline Reg<V> load_for_row(const typename V::scalar* p) {
  const Reg<V> a = V::load(p);
  if constexpr (from == From::sums) return V::add(a, V::load(p + row_length_in_registers<V>));
  if constexpr (from == From::differences) return V::sub(a, V::load(p + row_length_in_registers<V>));
  return a;
}

// Does butterfly k of the stages across eight registers, and loads what the first stage needs for it.
template <class V, From from>
[[gnu::always_inline]] inline void butterfly_across(Reg<V> (&a)[8], int k, const typename V::scalar* p) {
  const int h = k < 4 ? 4 : k < 8 ? 2 : 1;
  const int i = k % 4;
  const int low = i / h * 2 * h + i % h;
  if (h == 4) {
    a[low] = load_for_row<V, from>(p + low * V::width);
    a[low + 4] = load_for_row<V, from>(p + (low + 4) * V::width);
  }
  const Reg<V> sum = V::add(a[low], a[low + h]);
  a[low + h] = V::sub(a[low], a[low + h]);
  a[low] = sum;
}

// Does the stages within two registers, and after each a butterfly of `next` from k on as far as `end`.
template <class V, int stride, From from>
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
    if (k < end) butterfly_across<V, from>(next, k, p);
    within_and_across<V, two ? 0 : stride / 2, from>(a, next, k + 1, end, p);
  } else {
#pragma GCC unroll 3
    for (; k < end; k++) butterfly_across<V, from>(next, k, p);
  }
}

// Begins a row that fits eight registers.
template <class V, From from>
[[gnu::always_inline]] inline void begin(Reg<V> (&a)[8], const typename V::scalar* p) {
#pragma GCC unroll 12
  for (int k = 0; k < 12; k++) butterfly_across<V, from>(a, k, p);
}

// What is made beside rows: after every two registers of a row it is called with their number.
struct Nothing {
  void operator()(int) const {}
};

// Finishes a row, in `a`, to `to`, and begins the next one with what is at p. All of that is read before what
// is in the place of it is written.
template <class V, From from, class Beside>
[[gnu::always_inline]] inline void finish_and_begin(Reg<V> (&a)[8], typename V::scalar* to, Reg<V> (&next)[8],
                                                    const typename V::scalar* p, Beside& beside) {
#pragma GCC unroll 4
  for (int i = 0; i < 8; i += 2) {
    within_and_across<V, V::width / 2, from>(a + i, next, i / 2 * 3, i / 2 * 3 + 3, p);
    V::store(to + i * V::width, a[i]);
    V::store(to + (i + 1) * V::width, a[i + 1]);
    beside(i / 2);
  }
}

template <class V>
[[gnu::always_inline]] inline void finish(Reg<V> (&a)[8], typename V::scalar* to) {
#pragma GCC unroll 2
  for (int i = 0; i < 8; i += 4) within<V, V::width / 2, 4>(a + i);
#pragma GCC unroll 8
  for (int i = 0; i < 8; i++) V::store(to + i * V::width, a[i]);
}

// Makes rows that fit eight registers, from p on, as far as to the last one, of which the stages across
// registers are done, in `a`. Those of the first one are done too.
template <class V, class Beside>
[[gnu::always_inline]] inline void overlap_rows(Reg<V> (&a)[8], typename V::scalar*& p, size_t count,
                                                Beside& beside) {
  constexpr size_t length = row_length_in_registers<V>;
#pragma GCC unroll 1
  for (; count > 1; count--, p += length) {
    Reg<V> next[8];
    finish_and_begin<V, From::elements>(a, p, next, p + length, beside);
#pragma GCC unroll 8
    for (int i = 0; i < 8; i++) a[i] = next[i];
  }
}

// The same with rows that are twice as long: in `a` is the first half of a row, and in `next` what is left of
// the last one. A pass for their first stage alone would be bound by its stores.
template <class V, class Beside>
[[gnu::always_inline]] inline void overlap_long_rows(Reg<V> (&a)[8], Reg<V> (&next)[8],
                                                     typename V::scalar*& p, size_t count, Beside& beside) {
  constexpr size_t length = row_length_in_registers<V>;
  for (;; p += 2 * length) {
    finish_and_begin<V, From::differences>(a, p, next, p, beside);
    if (--count == 0) return;
    finish_and_begin<V, From::sums>(next, p + length, a, p + 2 * length, beside);
  }
}

template <class V>
[[gnu::always_inline]] inline void finish_overlapping(Reg<V> (&a)[8], typename V::scalar* p, size_t count) {
  Nothing nothing;
  overlap_rows<V>(a, p, count, nothing);
  finish<V>(a, p);
}

// Transforms rows that fit eight registers.
template <class V>
void transform_overlapping(typename V::scalar* p, size_t count) {
  Reg<V> a[8];
  begin<V, From::elements>(a, p);
  finish_overlapping<V>(a, p, count);
}

// Transforms rows that are twice as long.
template <class V>
void transform_long_rows(typename V::scalar* p, size_t count) {
  Nothing nothing;
  Reg<V> a[8], next[8];
  begin<V, From::sums>(a, p);
  overlap_long_rows<V>(a, next, p, count, nothing);
  finish<V>(next, p + row_length_in_registers<V>);
}

}  // namespace
