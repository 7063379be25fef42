// The table of functions that every instruction set fills.
#pragma once

#include <cstddef>
#include <cstdint>

#include "cpu.h"
#include "kernels/table.h"

namespace fixed_classifier {

// All head kernels take at most kChunkRows rows and work in `scratch`, aligned to 64 bytes.
struct Kernels {
  const char* name;
  void (*fwht_f32)(float* x, size_t row_length, size_t rows, float multiplier);
  void (*fwht_f64)(double* x, size_t row_length, size_t rows, double multiplier);
  void (*fwht_i32)(int32_t* x, size_t row_length, size_t rows, int shift);
  // These do the stage of B in one row of b · stride elements. b stretches of `stride` are left to be
  // transformed.
  void (*factor_f32)(const KroneckerFactor& factor, float* x, size_t stride);
  void (*factor_f64)(const KroneckerFactor& factor, double* x, size_t stride);
  void (*factor_i32)(const KroneckerFactor& factor, int32_t* x, size_t stride);
  // These do the first three stages of one row, for columns [from, to) of its eighths. The eighths are left
  // to be transformed.
  void (*columns_f32)(float* x, size_t row_length, size_t from, size_t to);
  void (*columns_f64)(double* x, size_t row_length, size_t from, size_t to);
  void (*columns_i32)(int32_t* x, size_t row_length, size_t from, size_t to);
  // These do the stage of B for columns [from, to) of the b stretches.
  void (*factor_columns_f32)(const KroneckerFactor& factor, float* x, size_t stride, size_t from, size_t to);
  void (*factor_columns_f64)(const KroneckerFactor& factor, double* x, size_t stride, size_t from, size_t to);
  void (*factor_columns_i32)(const KroneckerFactor& factor, int32_t* x, size_t stride, size_t from,
                             size_t to);
  // These transform the columns of blocks of `length` rows, a power of two, of `inner` elements.
  void (*transform_columns_f32)(float* x, size_t length, size_t inner, size_t blocks, float multiplier);
  void (*transform_columns_f64)(double* x, size_t length, size_t inner, size_t blocks, double multiplier);
  void (*transform_columns_i32)(int32_t* x, size_t length, size_t inner, size_t blocks, int shift);

  size_t (*scratch_bytes)(const Head& head);
  void (*forward)(const Head& head, const Parameters& parameters, Features x, size_t rows, float* logits,
                  void* scratch);
  // Gives log Σ exp z of every row.
  void (*log_sum_exp)(const Head& head, const Parameters& parameters, Features x, size_t rows, float* out,
                      void* scratch);
  void (*probabilities)(const Head& head, const Parameters& parameters, Features x, size_t rows,
                        float* probabilities, void* scratch);
  // Gives the probabilities of the `count` chosen classes, rows × count. The softmax runs over all classes.
  void (*chosen_probabilities)(const Head& head, const Parameters& parameters, Features x, size_t rows,
                               const int32_t* chosen, size_t count, float* probabilities, void* scratch);
  void (*top_k)(const Head& head, const Parameters& parameters, Features x, size_t rows, size_t k,
                int32_t* classes, float* scores, void* scratch);
  void (*backward)(const Head& head, const Parameters& parameters, Features x, size_t rows,
                   const float* grad_logits, const Gradients& gradients, void* scratch);
  void (*loss_and_gradient)(const Head& head, const Parameters& parameters, Features x, size_t rows,
                            const CrossEntropy& loss, float* losses, const Gradients& gradients,
                            void* scratch);

  // Rounds rows of weights to signed rows; `finite` is false if not all of them are, and then what is written
  // has no meaning.
  void (*nearest_rows)(const float* weights, size_t rows, size_t features, size_t width, uint8_t* out,
                       bool* finite);

  // Rotates every row of x in place, or undoes that.
  void (*rotate)(const Rotation& rotation, float* x, size_t rows, bool inverse);

  // These turn features of other types into float32, exactly.
  void (*decode_float16)(const uint16_t* x, size_t count, float* out);
  void (*decode_bfloat16)(const uint16_t* x, size_t count, float* out);
  void (*decode_int8)(const int8_t* x, size_t count, float* out);

  // These round float32 to other types, to the nearest and to even between two: docs/numerics.md.
  void (*encode_float16)(const float* x, size_t count, uint16_t* out);
  void (*encode_bfloat16)(const float* x, size_t count, uint16_t* out);
};

// An instruction set: its kernels, and what a CPU must have to run them.
struct Target {
  Kernels kernels;
  CpuFeatures needs;
};

}  // namespace fixed_classifier
