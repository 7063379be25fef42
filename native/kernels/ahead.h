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
// From beyond it lines come faster in one pass than beside other memory.
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

// The passes under way, each within a stretch of the one before it.
template <class V>
struct Passes {
  static constexpr int kMost = 4;  // in kAheadBytes there are two
  Pass<V> under_way[kMost];
  int count = 0;

  void begin(typename V::scalar* t, size_t stride, int radix) { under_way[count++] = {t, stride, radix}; }
  void end() { count--; }
  [[gnu::always_inline]] void beside_row() {
#pragma GCC unroll 1
    for (int i = 0; i < count; i++) under_way[i].beside_row();
  }
};

// Does the first stages of a stretch.
template <class V, int radix>
void pass_over(typename V::scalar* t, size_t n) {
  const size_t stride = n / radix;
#pragma GCC unroll 1
  for (size_t j = 0; j < stride; j += V::width) columns_beside<V, radix>(t + j, stride);
}

// Transforms `count` stretches of `radix` rows that fit the registers.
template <class V, int radix>
void transform_leaves_ahead(typename V::scalar* t, size_t count, Passes<V>& passes) {
  constexpr size_t length = row_length_in_registers<V>;
  pass_over<V, radix>(t, radix * length);
  for (; count > 0; count--) {
    Pass<V> pass{t + radix * length, length, radix};
    transform_aligned_rows<V>(
        t, radix, [&]() __attribute__((always_inline)) {
          if (count > 1) pass.template columns<radix>();
          passes.beside_row();
        });
    t += radix * length;
  }
}

template <class V>
void transform_ahead(typename V::scalar* t, size_t n, size_t count, Passes<V>& passes);

// Transforms `count` stretches of n elements by a pass of a radix over each and what is left then.
template <class V, int radix>
void transform_parts_ahead(typename V::scalar* t, size_t n, size_t count, Passes<V>& passes) {
  const bool ahead = n * sizeof(*t) <= kAheadBytes;
  pass_over<V, radix>(t, n);
  for (;; t += n) {
    const bool is_last = --count == 0;
    if (ahead && !is_last) passes.begin(t + n, n / radix, radix);
    transform_ahead(t, n / radix, radix, passes);
    if (is_last) return;
    if (ahead) {
      passes.end();
    } else {
      pass_over<V, radix>(t + n, n);
    }
  }
}

// Transforms `count` stretches, at least one, of n elements, at least four times what fits the registers.
// What is left over by radix 8 is done at the end: sixteen stretches 4 KiB apart would share one set of the
// first-level cache.
template <class V>
void transform_ahead(typename V::scalar* t, size_t n, size_t count, Passes<V>& passes) {
  switch (n / row_length_in_registers<V>) {
    case 4:
      return transform_leaves_ahead<V, 4>(t, count, passes);
    case 8:
      return transform_leaves_ahead<V, 8>(t, count, passes);
    case 16:
      return transform_leaves_ahead<V, 16>(t, count, passes);
    case 32:
      return transform_parts_ahead<V, 4>(t, n, count, passes);
    default:
      return transform_parts_ahead<V, 8>(t, n, count, passes);
  }
}

}  // namespace
