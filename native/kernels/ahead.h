// Transforms of many times what the registers hold, depth first, where the pass over a stretch is made some
// columns at a time beside the rows of the stretch before it: a pass in the second-level cache waits for its
// memory, of which rows in the first need none, and a core looks ahead two rows at most, not to the next
// pass.
#pragma once

#include <cstddef>

#include "rows.h"
#include "stages.h"

namespace {

template <class V>
constexpr bool kPassesAhead = requires { V::passes_ahead; };

// Stretches up to this size are passed over ahead: two and what is beside them are in the second-level cache.
// From beyond it lines come faster in one pass than beside other memory. What is left of them after a pass is
// sixteen rows or fewer, so there is one such pass at a time.
constexpr size_t kAheadBytes = 128 << 10;

// A pass over `radix` stretches, 4 or 8, that is under way, at the columns to be made next.
template <class V>
struct Pass {
  typename V::scalar* next;
  size_t stride;
  int radix;

  // Makes so many columns that all are made with the last row that fits the registers.
  [[gnu::always_inline]] void beside_row() {
    if (radix == 8) return columns<8>();
    columns<4>();
  }
  template <int count>
  [[gnu::always_inline]] void columns() {
#pragma GCC unroll 4
    for (int k = 0; k < V::registers / count; k++, next += V::width) columns_beside<V, count>(next, stride);
  }
};

// Does the first stages of a stretch.
template <class V, int radix>
void pass_over(typename V::scalar* t, size_t n) {
  const size_t stride = n / radix;
#pragma GCC unroll 1
  for (size_t j = 0; j < stride; j += V::width) columns_beside<V, radix>(t + j, stride);
}

// Transforms `count` stretches of `radix` rows that fit the registers, beside a pass under way if there is
// one.
template <class V, int radix>
void transform_leaves_ahead(typename V::scalar* t, size_t count, Pass<V>* under_way) {
  constexpr size_t length = row_length_in_registers<V>;
  pass_over<V, radix>(t, radix * length);
  for (; count > 0; count--) {
    Pass<V> next{t + radix * length, length, radix};
    transform_aligned_rows<V>(
        t, radix, [&]() __attribute__((always_inline)) {
          if (count > 1) next.template columns<radix>();
          if (under_way) under_way->beside_row();
        });
    t += radix * length;
  }
}

template <class V>
void transform_ahead(typename V::scalar* t, size_t n, size_t count, Pass<V>* under_way);

// Transforms `count` stretches of n elements by a pass of a radix over each and what is left then.
template <class V, int radix>
void transform_parts_ahead(typename V::scalar* t, size_t n, size_t count) {
  static_assert(kAheadBytes / sizeof(*t) <= 128 * row_length_in_registers<V>);
  const bool ahead = n * sizeof(*t) <= kAheadBytes;
  pass_over<V, radix>(t, n);
  for (; count > 0; count--, t += n) {
    Pass<V> next{t + n, n / radix, radix};
    transform_ahead(t, n / radix, radix, ahead && count > 1 ? &next : nullptr);
    if (!ahead && count > 1) pass_over<V, radix>(t + n, n);
  }
}

// Transforms `count` stretches, at least one, of n elements, at least four times what fits the registers.
// What is left over by radix 8 is done at the end: sixteen stretches 4 KiB apart would share one set of the
// first-level cache.
template <class V>
void transform_ahead(typename V::scalar* t, size_t n, size_t count, Pass<V>* under_way) {
  switch (n / row_length_in_registers<V>) {
    case 4:
      return transform_leaves_ahead<V, 4>(t, count, under_way);
    case 8:
      return transform_leaves_ahead<V, 8>(t, count, under_way);
    case 16:
      return transform_leaves_ahead<V, 16>(t, count, under_way);
    case 32:
      return transform_parts_ahead<V, 4>(t, n, count);
    default:
      return transform_parts_ahead<V, 8>(t, n, count);
  }
}

}  // namespace
