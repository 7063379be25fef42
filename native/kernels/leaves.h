// Rows of a few times what the registers hold, each behind the other: the pass over the next one is made
// beside the rows of the one before. A pass needs the pipes that add, and rows those that multiply and
// shuffle.
#pragma once

#include <cstddef>

#include "overlap.h"
#include "rows.h"
#include "stages.h"

namespace {

// A pass over `radix` stretches beside as many rows of the same lengths: so many columns for each row that
// all are done with the last one.
template <class V, int radix, size_t stride>
struct PassBeside {
  explicit PassBeside(typename V::scalar* p) : t(p) {}
  [[gnu::always_inline]] void operator()(int pair) {
    // Eight registers find room where a row is finished and the next one begun, four at any time.
    if (radix == 8 ? pair != 3 : pair % 2 != 0) return;
    columns();
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
  typename V::scalar* t;
};

// Transforms rows of radix · 8 registers.
template <class V, int radix>
void transform_leaves(typename V::scalar* t, size_t count) {
  constexpr size_t stride = row_length_in_registers<V>;
  for (size_t j = 0; j < stride; j += V::width) columns_beside<V, radix>(t + j, stride);
  Reg<V> a[8];
  begin<V, From::elements>(a, t);
#pragma GCC unroll 1
  for (; count > 1; count--) {
    PassBeside<V, radix, stride> beside{t + radix * stride};
    overlap_rows<V>(a, t, radix, beside);
    // The last row begins the first one of those that the pass is over, which must be all done.
    beside.finish();
    Nothing nothing;
    overlap_rows<V>(a, t, 2, nothing);
  }
  finish_overlapping<V>(a, t, radix);
}

// The same of rows twice as long.
template <class V, int radix>
void transform_long_leaves(typename V::scalar* t, size_t count) {
  constexpr size_t length = row_length_in_registers<V>;
  constexpr size_t stride = 2 * length;
  Nothing nothing;
  for (size_t j = 0; j < stride; j += V::width) columns_beside<V, radix>(t + j, stride);
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

}  // namespace
