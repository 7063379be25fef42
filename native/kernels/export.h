// Makes the kernels of a target into its table. Every target includes it once, after its vector types.
#pragma once

#include "../kernels.h"
#include "columns.h"
#include "decode.h"
#include "encode.h"
#include "factor.h"
#include "fwht.h"
#include "head.h"
#include "loss_and_gradient.h"
#include "nearest_rows.h"
#include "rotation.h"

namespace {

template <class V>
void scale_all(typename V::scalar* x, size_t count, typename V::scalar multiplier) {
  size_t i = 0;
  for (; i + V::width <= count; i += V::width)
    V::store(x + i, V::mul(V::load(x + i), V::broadcast(multiplier)));
  for (; i < count; i++) x[i] *= multiplier;
}

template <class V>
void fwht(typename V::scalar* x, size_t row_length, size_t rows, typename V::scalar multiplier) {
  const V v{};
  if (multiplier == 1) return transform_rows_in_place(v, x, row_length, rows);
  for (size_t r = 0; r < rows; r++) {
    transform_in_place(v, x + r * row_length, row_length);
    scale_all<V>(x + r * row_length, row_length, multiplier);
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
void whole_factor_stage(const KroneckerFactor& factor, typename V::scalar* x, size_t stride) {
  factor_stage(V{}, factor, x, stride, factor.order);
}

// The function that others call for a kernel. The upper halves of registers are clear at its end, or the code
// of Node.js, which knows nothing of them, would keep them and wait for them in every step that follows.
// Compilers see to that, but not always: GCC 12 does not at the end of a function that is given a register.
template <auto kernel>
struct KernelEntry;
template <class... Arguments, void (*kernel)(Arguments...)>
struct KernelEntry<kernel> {
  static void call(Arguments... arguments) {
    kernel(arguments...);
    F32::zero_upper();
  }
};

// This is constant data: no code that was compiled with a target's flags runs before its CPU is known.
constexpr fixed_classifier::Kernels make_table(const char* name) {
  return {name,
          KernelEntry<fwht<F32>>::call,
          KernelEntry<fwht<F64>>::call,
          KernelEntry<fwht_i32>::call,
          KernelEntry<whole_factor_stage<F32>>::call,
          KernelEntry<whole_factor_stage<F64>>::call,
          KernelEntry<whole_factor_stage<I32>>::call,
          KernelEntry<first_columns<F32>>::call,
          KernelEntry<first_columns<F64>>::call,
          KernelEntry<first_columns<I32>>::call,
          KernelEntry<factor_part<F32>>::call,
          KernelEntry<factor_part<F64>>::call,
          KernelEntry<factor_part<I32>>::call,
          KernelEntry<transform_columns<F32>>::call,
          KernelEntry<transform_columns<F64>>::call,
          KernelEntry<transform_columns_i32>::call,
          ChunkScratch::bytes,
          KernelEntry<forward>::call,
          KernelEntry<log_sum_exp>::call,
          KernelEntry<probabilities>::call,
          KernelEntry<chosen_probabilities>::call,
          KernelEntry<top_k>::call,
          KernelEntry<backward>::call,
          KernelEntry<loss_and_gradient>::call,
          KernelEntry<nearest_rows>::call,
          KernelEntry<rotate>::call,
          KernelEntry<decode<Float16>>::call,
          KernelEntry<decode<BFloat16>>::call,
          KernelEntry<decode<Int8>>::call,
          KernelEntry<encode<ToFloat16>>::call,
          KernelEntry<encode<ToBFloat16>>::call};
}

}  // namespace
