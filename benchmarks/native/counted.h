// A vector type that counts what a kernel does with it. The kernels are written over a vector type, so what
// is counted is what they do, however their stages are grouped.
#pragma once

#include "../../native/kernels/fwht.h"
#include "limits.h"

namespace {

template <class V>
struct Counted : V {
  using typename V::reg;
  using typename V::scalar;
  static inline fixed_classifier::Counts counts;
  static inline fixed_classifier::Touch touch;

  static reg load(const scalar* p) {
    counts.loads++;
    if (touch) touch(p);
    return V::load(p);
  }
  static reg load_and_begin(const scalar* p)
    requires requires { V::load_and_begin(p); }
  {
    counts.loads += 2;
    if (touch) touch(p);
    return V::load_and_begin(p);
  }
  static void store(scalar* p, reg a) {
    counts.stores++;
    if (touch) touch(p);
    V::store(p, a);
  }
};

template <class V>
fixed_classifier::Counts count(void* x, size_t row_length, size_t rows, fixed_classifier::Touch touch) {
  Counted<V>::counts = {};
  Counted<V>::touch = touch;
  transform_rows_in_place(Counted<V>{}, static_cast<typename V::scalar*>(x), row_length, rows);
  return Counted<V>::counts;
}

}  // namespace
