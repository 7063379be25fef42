// Transforms of some dozen times what the registers hold, depth first, where the pass over a stretch is made
// some columns at a time beside the rows of the stretch before it: a pass in the second-level cache waits for
// its memory, of which rows in the first need none, and a core looks ahead two rows at most, not to the next
// pass.
#pragma once

#include <cstddef>

#include "leaves.h"
#include "rows.h"

namespace {

template <class V>
constexpr bool kPassesAhead = requires { V::passes_ahead; };

// A pass over eight stretches that is under way, at the columns to be made next: those of one register beside
// each row of eight, so that all are made with the last row.
template <class V>
struct PassAhead {
  typename V::scalar* next;
  size_t stride;
  [[gnu::always_inline]] void beside_row() {
    columns_beside<V, 8>(next, stride);
    next += V::width;
  }
};

// Transforms `count` rows, at least two, of eight times what transform_leaves_of takes.
template <class V>
void transform_ahead(typename V::scalar* t, size_t n, size_t count) {
  pass_over<V, 8>(t, n / 8);
  for (; count > 1; count--, t += n) transform_leaves_of<V>(t, n / 8, 8, PassAhead<V>{t + n, n / 8});
  transform_leaves_of<V>(t, n / 8, 8, NoPass{});
}

}  // namespace
