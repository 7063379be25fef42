// The kernels of the transform by the type of the elements, and what an array of each type is scaled by.
#pragma once

#include <node_api.h>

#include <cmath>
#include <cstddef>
#include <cstdint>

#include "executor.h"

namespace fixed_classifier {

// The kernels of one element type, as kernels.h describes them. The last argument of fwht and
// transform_columns is the multiplier, or the shift of int32.
template <class T>
struct TypedKernels {
  void (*fwht)(T* x, size_t row_length, size_t rows, T multiplier);
  void (*columns)(T* x, size_t row_length, size_t from, size_t to);
  void (*factor)(const KroneckerFactor& factor, T* x, size_t stride);
  void (*factor_columns)(const KroneckerFactor& factor, T* x, size_t stride, size_t from, size_t to);
  void (*transform_columns)(T* x, size_t length, size_t inner, size_t blocks, T multiplier);
};

// What integers are divided by, rounding down: by a shift within the kernels, or by a number afterwards.
struct Division {
  int shift;
  int32_t divisor;
};

// `multiplier` is 1, or 1 by an integer.
inline Division division_of(double multiplier) {
  const double divisor = std::round(1 / multiplier);
  // A larger one gives 0 or −1, as this does.
  if (!(divisor < 0x1p31)) return {31, 1};
  const auto integer = static_cast<uint32_t>(divisor > 1 ? divisor : 1);
  if ((integer & (integer - 1)) == 0) return {__builtin_ctz(integer), 1};
  return {0, static_cast<int32_t>(integer)};
}

// Calls visit(kernels, array, multiplier or shift), typed as the elements of the array are, and does the
// division that the kernels do not.
template <class Visit>
void transform_typed(const Executor& executor, napi_typedarray_type type, void* data, size_t length,
                     double multiplier, const Visit& visit) {
  const Kernels& k = *executor.kernels;
  if (type == napi_float32_array) {
    const TypedKernels<float> kernels{k.fwht_f32, k.columns_f32, k.factor_f32, k.factor_columns_f32,
                                      k.transform_columns_f32};
    return visit(kernels, static_cast<float*>(data), static_cast<float>(multiplier));
  }
  if (type == napi_float64_array) {
    const TypedKernels<double> kernels{k.fwht_f64, k.columns_f64, k.factor_f64, k.factor_columns_f64,
                                       k.transform_columns_f64};
    return visit(kernels, static_cast<double*>(data), multiplier);
  }
  const TypedKernels<int32_t> kernels{k.fwht_i32, k.columns_i32, k.factor_i32, k.factor_columns_i32,
                                      k.transform_columns_i32};
  auto* x = static_cast<int32_t*>(data);
  const auto [shift, divisor] = division_of(multiplier);
  visit(kernels, x, shift);
  if (divisor == 1) return;
  for (size_t i = 0; i < length; i++) x[i] = x[i] / divisor - (x[i] % divisor < 0);
}

// Whether the transform takes arrays of a type.
inline bool is_transformed(napi_typedarray_type type) {
  return type == napi_float32_array || type == napi_float64_array || type == napi_int32_array;
}

}  // namespace fixed_classifier
