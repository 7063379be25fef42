// The table that every instruction set fills, and the plain data that crosses it. Compiled with different
// flags in every target, so nothing here may have code of its own.
#pragma once

#include <cstddef>
#include <cstdint>

namespace fixed_classifier {

// Rows whose bias gradients are summed together before they join the total: docs/numerics.md.
constexpr size_t kChunkRows = 32;

// The largest order of a matrix B: lib/codes/orders.ts.
constexpr size_t kMaxBase = 256;

// A symmetric Hadamard matrix B of order b, a multiple of 4, with a first column of ones. Its columns are
// taken in groups of four, x0 … x3. Term g of row r is the place among the sixteen signed sums of every group
// of the one that the row takes of group g: 16 · g + (bit 0: x0 and x1 differ in sign, bit 1: x0 and x2, bit
// 2: x2 and x3, bit 3: x0 is negative).
struct Base {
  size_t order;
  const uint16_t* terms;  // b × b/4
};

struct Segment {
  size_t row;
  bool negative;
  size_t first;
  size_t count;
};

struct Block {
  const uint32_t* mask;  // one bit a feature, set: negated; null: no sign changes
  size_t rows;           // rows from here on carry no class
  const Segment* segments;
  size_t segment_count;
};

struct Head {
  size_t features;
  size_t classes;
  size_t order;
  const Base* base;         // null: a power of two
  const uint32_t* columns;  // in which column of the matrix each feature stands; null: feature i in column i
  double unit;
  const Block* blocks;
  size_t block_count;
  size_t segment_count;
};

struct Parameters {
  double scale;
  const float* bias;  // null: none
};

struct CrossEntropy {
  const int32_t* labels;
  double label_smoothing;
  float factor;
};

// One value a row in `scale`; `bias` gets the sum over the rows of the call and is null where the head has
// none.
struct Gradients {
  float* features;
  float* scale;
  float* bias;
};

// All head kernels take at most kChunkRows rows and work in `scratch`, aligned to 64 bytes.
struct Kernels {
  const char* name;
  void (*fwht_f32)(float* x, size_t row_length, size_t rows, float factor);
  void (*fwht_f64)(double* x, size_t row_length, size_t rows, double factor);
  void (*fwht_i32)(int32_t* x, size_t row_length, size_t rows, int shift);
  // The stage of B in one row of b · stride elements: what is left are b rows of `stride`.
  void (*base_f32)(const Base& base, float* x, size_t stride);
  void (*base_f64)(const Base& base, double* x, size_t stride);
  void (*base_i32)(const Base& base, int32_t* x, size_t stride);
  // The first three stages of one row, for columns [from, to) of its eight blocks: what is left are eight
  // rows of an eighth the length. From and to are multiples of 16.
  void (*columns_f32)(float* x, size_t row_length, size_t from, size_t to);
  void (*columns_f64)(double* x, size_t row_length, size_t from, size_t to);
  void (*columns_i32)(int32_t* x, size_t row_length, size_t from, size_t to);

  size_t (*scratch_bytes)(const Head& head);
  void (*forward)(const Head& head, const Parameters& parameters, const float* x, size_t rows, float* logits,
                  void* scratch);
  void (*probabilities)(const Head& head, const Parameters& parameters, const float* x, size_t rows,
                        float* probabilities, void* scratch);
  // Of some classes, softmax over all: rows × count.
  void (*chosen_probabilities)(const Head& head, const Parameters& parameters, const float* x, size_t rows,
                               const int32_t* chosen, size_t count, float* probabilities, void* scratch);
  void (*top_k)(const Head& head, const Parameters& parameters, const float* x, size_t rows, size_t k,
                int32_t* classes, float* scores, void* scratch);
  void (*backward)(const Head& head, const Parameters& parameters, const float* x, size_t rows,
                   const float* grad_logits, const Gradients& gradients, void* scratch);
  void (*loss_and_gradient)(const Head& head, const Parameters& parameters, const float* x, size_t rows,
                            const CrossEntropy& loss, float* losses, const Gradients& gradients,
                            void* scratch);

  // Features of other types as float32, exactly.
  void (*decode_float16)(const uint16_t* x, size_t count, float* out);
  void (*decode_bfloat16)(const uint16_t* x, size_t count, float* out);
  void (*decode_int8)(const int8_t* x, size_t count, float* out);
};

}  // namespace fixed_classifier
