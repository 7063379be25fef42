// Included once by every target, after its vector types: makes the target's kernels into a table.
#pragma once

#include "base.h"
#include "decode.h"
#include "fwht.h"
#include "head.h"

namespace {

template <class V>
void scale_all(typename V::scalar* x, size_t count, typename V::scalar factor) {
  size_t i = 0;
  for (; i + V::width <= count; i += V::width) V::store(x + i, V::mul(V::load(x + i), V::broadcast(factor)));
  for (; i < count; i++) x[i] *= factor;
}

template <class V>
void fwht(typename V::scalar* x, size_t row_length, size_t rows, typename V::scalar factor) {
  const V v{};
  if (factor == 1) return transform_rows_in_place(v, x, row_length, rows);
  for (size_t r = 0; r < rows; r++) {
    transform_in_place(v, x + r * row_length, row_length);
    scale_all<V>(x + r * row_length, row_length, factor);
  }
}

void fwht_i32(int32_t* x, size_t row_length, size_t rows, int shift) {
  const I32 v{};
  transform_rows_in_place(v, x, row_length, rows);
  if (shift == 0) return;
  size_t i = 0;
  for (; i + I32::width <= rows * row_length; i += I32::width) {
    I32::store(x + i, I32::shift_right(I32::load(x + i), shift));
  }
  for (; i < rows * row_length; i++) x[i] >>= shift;
}

template <class V>
void first_columns(typename V::scalar* x, size_t row_length, size_t from, size_t to) {
  const V v{};
  const size_t stride = row_length / 8;
  for (size_t j = from; j < to; j += V::width) columns_at<V, 8>(v, Load<V>{x}, x, j, stride);
}

template <class V>
void whole_base_stage(const Base& base, typename V::scalar* x, size_t stride) {
  base_stage(V{}, base, x, stride, base.order);
}

// A kernel as others call it. The upper halves of registers are clear at its end, or the code of Node.js,
// which knows nothing of them, would keep them and wait for them in every step that follows. Compilers see to
// that, but not always: GCC 12 does not at the end of a function that is given a register.
template <auto kernel>
struct Called;
template <class... Arguments, void (*kernel)(Arguments...)>
struct Called<kernel> {
  static void call(Arguments... arguments) {
    kernel(arguments...);
    F32::zero_upper();
  }
};

constexpr fixed_classifier::Kernels make_table(const char* name) {
  return {name,
          Called<fwht<F32>>::call,
          Called<fwht<F64>>::call,
          Called<fwht_i32>::call,
          Called<whole_base_stage<F32>>::call,
          Called<whole_base_stage<F64>>::call,
          Called<whole_base_stage<I32>>::call,
          Called<first_columns<F32>>::call,
          Called<first_columns<F64>>::call,
          Called<first_columns<I32>>::call,
          Work::bytes,
          Called<forward>::call,
          Called<probabilities>::call,
          Called<chosen_probabilities>::call,
          Called<top_k>::call,
          Called<backward>::call,
          Called<loss_and_gradient>::call,
          Called<decode<Float16>>::call,
          Called<decode<BFloat16>>::call,
          Called<decode<Int8>>::call};
}

}  // namespace
