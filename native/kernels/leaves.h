// Rows of a few times what the registers hold, each behind the other: the pass over the next one is made
// beside the rows of the one before. A pass needs the pipes that add, and rows those that multiply and
// shuffle.
#pragma once

#include <cstddef>

#include "overlap.h"
#include "rows.h"
#include "stages.h"

namespace {

// Whether registers are to spare beside two rows.
template <class V>
constexpr bool kSparesRegisters = V::registers > 8;

// Another pass that is under way, as far as it goes beside a row: none.
struct NoPass {
  void beside_row() const {}
};

// A pass over `radix` stretches beside as many rows of the same lengths: so many columns for each row that
// all are done with the last one.
template <class V, int radix, size_t stride, class UnderWay>
struct PassBeside {
  PassBeside(typename V::scalar* p, UnderWay& other) : t(p), under_way(other) {}
  [[gnu::always_inline]] void operator()(int pair) {
    if constexpr (radix == 8 && kSparesRegisters<V>) {
      part_of_columns(pair);
    } else if (radix == 8 ? pair == 3 : pair % 2 == 0) {
      // Eight registers find room where a row is finished and the next one begun, four at any time.
      columns();
    }
    if (pair == 3) under_way.beside_row();
  }
  [[gnu::always_inline]] void finish() {
#pragma GCC unroll 2
    for (int i = 0; i < 8 / radix; i++) columns();
  }

 private:
  [[gnu::always_inline]] void columns() {
    columns_beside<V, radix>(t, stride);
    t += V::width;
  }
  // A stage of eight registers of columns beside each two registers of the row: a row of 1024 takes 0.9 of
  // the time so on Zen 5.
  [[gnu::always_inline]] void part_of_columns(int pair) {
    if (pair == 0) {
#pragma GCC unroll 8
      for (int i = 0; i < 8; i++) a[i] = V::load(t + i * stride);
    }
    if (pair < 3) {
      const int h = 4 >> pair;
#pragma GCC unroll 4
      for (int i = 0; i < 4; i++) {
        const int low = i / h * 2 * h + i % h;
        const Reg<V> sum = V::add(a[low], a[low + h]);
        a[low + h] = V::sub(a[low], a[low + h]);
        a[low] = sum;
      }
    } else {
#pragma GCC unroll 8
      for (int i = 0; i < 8; i++) V::store(t + i * stride, a[i]);
      t += V::width;
    }
  }
  typename V::scalar* t;
  UnderWay& under_way;
  Reg<V> a[8];
};

// What is made beside rows where there is no pass but one that is under way.
template <class UnderWay>
struct OnlyUnderWay {
  UnderWay& under_way;
  [[gnu::always_inline]] void operator()(int pair) {
    if (pair == 3) under_way.beside_row();
  }
};

// Does the first stages of a stretch.
template <class V, int radix>
[[gnu::always_inline]] inline void pass_over(typename V::scalar* t, size_t stride) {
#pragma GCC unroll 1
  for (size_t j = 0; j < stride; j += V::width) columns_beside<V, radix>(t + j, stride);
}

// Transforms rows of radix · 8 registers.
template <class V, int radix, class UnderWay>
void transform_leaves(typename V::scalar* t, size_t count, UnderWay under_way) {
  constexpr size_t stride = row_length_in_registers<V>;
  OnlyUnderWay<UnderWay> only{under_way};
  pass_over<V, radix>(t, stride);
  Reg<V> a[8];
  begin<V, From::elements>(a, t);
#pragma GCC unroll 1
  for (; count > 1; count--) {
    PassBeside<V, radix, stride, UnderWay> beside{t + radix * stride, under_way};
    overlap_rows<V>(a, t, radix, beside);
    // The last row begins the first one of those that the pass is over, which must be all done.
    beside.finish();
    overlap_rows<V>(a, t, 2, only);
  }
  overlap_rows<V>(a, t, radix, only);
  finish<V>(a, t);
  under_way.beside_row();
}

// The same of rows twice as long.
template <class V, int radix, class UnderWay>
void transform_long_leaves(typename V::scalar* t, size_t count, UnderWay under_way) {
  constexpr size_t length = row_length_in_registers<V>;
  constexpr size_t stride = 2 * length;
  OnlyUnderWay<UnderWay> only{under_way};
  pass_over<V, radix>(t, stride);
  Reg<V> a[8], next[8];
  begin<V, From::sums>(a, t);
#pragma GCC unroll 1
  for (; count > 1; count--) {
    PassBeside<V, radix, stride, UnderWay> beside{t + radix * stride, under_way};
    overlap_long_rows<V>(a, next, t, radix, beside);
    beside.finish();
    finish_and_begin<V, From::sums>(next, t + length, a, t + stride, only);
    t += stride;
  }
  overlap_long_rows<V>(a, next, t, radix, only);
  finish<V>(next, t + length);
  under_way.beside_row();
}

// The same where two rows fill the registers.
template <class V, int radix>
void transform_long_leaves(typename V::scalar* t, size_t count) {
  constexpr size_t length = row_length_in_registers<V>;
  constexpr size_t stride = 2 * length;
  Nothing nothing;
  pass_over<V, radix>(t, stride);
#pragma GCC unroll 1
  for (; count > 1; count--) {
    typename V::scalar* beside = t + radix * stride;
    Reg<V> a[8];
    begin<V, From::sums>(a, t);
    for (int i = 0;;) {
      asm("" : "+r"(t), "+r"(beside));
      Reg<V> next[8];
      finish_and_begin<V, From::differences>(a, t, next, t, nothing);
      columns_beside<V, radix>(beside, stride), beside += V::width;
      if (++i == radix) {
        finish<V>(next, t + length);
        columns_beside<V, radix>(beside, stride), beside += V::width;
        t += stride;
        break;
      }
      finish_and_begin<V, From::sums>(next, t + length, a, t + stride, nothing);
      t += stride;
      columns_beside<V, radix>(beside, stride), beside += V::width;
    }
  }
  transform_long_rows<V>(t, radix);
}

// Transforms `count` rows, at least two, of 4, 8 or, long ones, 16 times what eight registers hold.
template <class V, class UnderWay>
void transform_leaves_of(typename V::scalar* t, size_t n, size_t count, UnderWay under_way) {
  switch (n / row_length_in_registers<V>) {
    case 4:
      return transform_leaves<V, 4>(t, count, under_way);
    case 8:
      return transform_leaves<V, 8>(t, count, under_way);
    default:
      if constexpr (kSparesRegisters<V>) return transform_long_leaves<V, 8>(t, count, under_way);
      return transform_long_leaves<V, 8>(t, count);
  }
}

}  // namespace
