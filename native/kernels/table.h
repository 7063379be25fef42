// The plain data of a head and of its operations, as every kernel of every instruction set reads it. It is
// compiled with different flags in every target, so nothing here may have code of its own.
#pragma once

#include <cstddef>
#include <cstdint>

namespace fixed_classifier {

// The bias gradients of so many rows are summed before they join the total: docs/numerics.md.
constexpr size_t kChunkRows = 32;

// The largest order of a Kronecker factor.
constexpr size_t kMaxFactorOrder = 256;

// Columns of a Kronecker factor are taken in groups of so many.
constexpr size_t kFactorGroup = 4;

// The matrix B of an order b · 2^m, or its transpose: a Hadamard matrix of order b, a multiple of 4, whose
// first column is all ones. Of a group of four columns, x0 … x3, there are sixteen signed sums. Term g of row
// r is the place of the one that the row takes of group g: 16 · g + (bit 0: x0 and x1 differ in sign, bit 1:
// x0 and x2, bit 2: x2 and x3, bit 3: x0 is negative).
struct KroneckerFactor {
  size_t order;
  const uint16_t* terms;  // b × b/4
  bool is_paley;          // whether it is the matrix of this order in paley.h
};

// Classes whose signed rows stand side by side.
constexpr size_t kGroup = 16;

// Classes of a head of signed rows that are one segment.
constexpr size_t kSignedRowsSegment = 1024;

// The most stages of a head of signed rows.
constexpr size_t kMaxStages = 4;

// Class vectors that are short signed rows of Sylvester matrices, one for each sub-vector of a row of
// features, or with several stages sums of as many of them. The rows of a stage of a class are 4 bits each
// for a width of up to 8, 8 bits beyond: the row in the lowest bits, its sign in the highest. Word w of stage
// s of class c is [c / kGroup][s][w][c % kGroup], and its magnitude [c / kGroup][s][c % kGroup].
struct SignedRows {
  size_t width;  // of a sub-vector: the order of the matrix
  size_t count;  // of sub-vectors
  size_t words;  // of a stage
  size_t stages;
  const uint32_t* packed;
  const float* magnitudes;  // null, where there is one stage: 1
};

// A run of consecutive classes that use consecutive rows of the Hadamard matrix, with one sign.
struct Segment {
  size_t hadamard_row;  // of the first class
  bool negative;
  size_t first;  // class
  size_t count;  // of classes
};

// The segments that use the Hadamard matrix behind one mask of signs.
struct Block {
  const uint32_t* mask;  // one bit a feature, set: negated; null: no sign changes
  size_t hadamard_rows;  // rows from here on carry no class
  const Segment* segments;
  size_t segment_count;
};

struct Head {
  size_t features;
  size_t classes;
  size_t order;
  const KroneckerFactor* factor;             // B; null: the order is a power of two
  const KroneckerFactor* transposed_factor;  // its transpose: the same where B is symmetric
  const uint32_t* columns;  // the column of the matrix that each feature has; null: column i for feature i
  double unit;
  const Block* blocks;
  size_t block_count;
  size_t segment_count;
  const SignedRows* signed_rows;  // null: there are none; otherwise a block is one segment, of so many
                                  // classes as the order says, and has no mask
};

// A rotation of rows by rounds of signs and transforms. The order is the length of a row, or a power of two
// below it and above its half.
struct Rotation {
  size_t length;
  size_t order;
  const KroneckerFactor* factor;      // null: the order is a power of two; else it is the length
  const KroneckerFactor* transposed;  // of the factor
  size_t rounds;
  // One bit an element, set: negated; ⌈order / 32⌉ words a mask. A round has one mask where the order is the
  // length, otherwise one for each half of a row and one for its last `order` elements.
  const uint32_t* masks;
  float scale;            // 1 / √order
  float scale_of_halves;  // 1 / √(2 · order)
};

// Of what type the features of a row are.
enum class FeatureType : uint8_t { kFloat32, kFloat16, kBfloat16, kInt8 };

// Rows of features. Kernels give the bits that they would give for the same numbers as float32.
struct Features {
  const void* rows;
  FeatureType type = FeatureType::kFloat32;
};

struct Parameters {
  double scale;
  const float* bias;       // null: none
  bool normalised = true;  // whether rows are divided by their norm
};

// What is taken off the cosine of the label before it becomes a logit: cos θ becomes cos(θ + m) − cosine, or
// cos θ − beyond − cosine where θ + m would pass π.
struct Margin {
  double cosine;
  double cos_of_angle;  // cos m
  double sin_of_angle;  // sin m
  double beyond;
};

// Cross-entropy of softmax(z) against targets. They are those of labels, or a distribution of a row's own;
// with neither they are 0, and the loss is log Σ exp z.
struct CrossEntropy {
  const int32_t* labels;       // one a row; null: none
  const float* targets;        // rows × classes; null: none
  const float* class_weights;  // multiply the targets; null: 1
  const float* row_weights;    // one a row: multiplies its gradients; a row of weight 0 is left out
  double label_smoothing;
  double sum_of_class_weights;
  const Margin* margin;  // null: none; otherwise every row that is not left out has a label
};

// Where the gradient by class vectors is added to. The chunks of a batch take turns at each block.
struct WeightGradient {
  float* total;            // classes × features, or named classes × features
  const int32_t* classes;  // the named ones; null: all
  size_t count;            // of them
  void (*enter)(void* turns, size_t chunk, size_t block);  // waits for the turn
  void (*leave)(void* turns, size_t chunk, size_t block);
  void* turns;
};

// Where gradients go. `scale` gets one value a row; `bias` gets the sum over the rows of the call, whatever
// it held, and is null where the head has none. `weights` is null where nobody asks for it, and `chunk` then
// of no meaning.
struct Gradients {
  float* features;
  float* scale;
  float* bias;
  const WeightGradient* weights = nullptr;
  size_t chunk = 0;
};

}  // namespace fixed_classifier
