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
  for (; i + V::width <= count; i += V::width) V::store(x + i, V::mul(V::load(x + i), V::set(factor)));
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

constexpr fixed_classifier::Kernels make_table(const char* name) {
  return {name,
          fwht<F32>,
          fwht<F64>,
          fwht_i32,
          whole_base_stage<F32>,
          whole_base_stage<F64>,
          whole_base_stage<I32>,
          first_columns<F32>,
          first_columns<F64>,
          first_columns<I32>,
          Work::bytes,
          forward,
          probabilities,
          chosen_probabilities,
          top_k,
          backward,
          loss_and_gradient,
          decode<Float16>,
          decode<BFloat16>,
          decode<Int8>};
}

}  // namespace
