// From a row of features to its norm, and to the elements that a transform starts from: docs/numerics.md,
// "The norm of a row".
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>

#include "decode.h"
#include "math.h"
#include "sums.h"
#include "work.h"

namespace {

// A row whose sum of squares is within these bounds is used as it is.
constexpr float kSumMin = 0x1p-80f;
constexpr float kSumMax = 0x1p100f;

// The norm is enlarged by this before a row is divided by it.
constexpr double kEpsilon = 1e-8;

// Whether a row with this sum of squares is used as it is. With NaN it is: its logits are NaN whatever is
// done.
inline bool needs_no_rescaling(float sum) { return !(sum < kSumMin || sum > kSumMax); }

// Sets what follows from the norm of a row that was scaled by 2^−exponent.
inline void set_norm(const ChunkScratch& work, Row& row, float sum, int exponent) {
  if (work.parameters.normalised) {
    const double norm = __builtin_sqrt(static_cast<double>(sum));
    row.zero = sum == 0;
    row.length = norm + kEpsilon * power_of_two(-exponent);
    row.projection = norm * row.length;
  } else {
    row.zero = false;
    row.length = power_of_two(-exponent);
    row.projection = kInfinity;
  }
  const double gain = work.parameters.scale * work.head.unit / row.length;
  row.alpha = static_cast<float>(gain);
  row.alpha_of_input = static_cast<float>(gain * power_of_two(-exponent));
}

// Returns where a row of a batch is.
inline const void* row_of(Features x, size_t features, size_t index) {
  const size_t bytes = with_type(x.type, [](auto type) { return sizeof(typename decltype(type)::bits); });
  return static_cast<const char*>(x.rows) + index * features * bytes;
}

// Returns a row of a batch as float32, a copy if it is of another type.
inline const float* float32_row(const ChunkScratch& work, Features x, size_t index) {
  const size_t features = work.head.features;
  const void* row = row_of(x, features, index);
  if (x.type == FeatureType::kFloat32) return static_cast<const float*>(row);
  float* copy = work.copy_of(index);
  with_type(x.type, [&]<class Type>(Type) {
    decode<Type>(static_cast<const typename Type::bits*>(row), features, copy);
  });
  return copy;
}

// Makes a float32 copy of a row of whole registers and returns its sum of squares.
template <class Type>
[[gnu::noinline]] float copy_and_square(const typename Type::bits* x, size_t count, float* copy) {
  return sum_range(0, count, [=](size_t i, auto) {
    const F32::reg a = Type::load(x + i);
    F32::store(copy + i, a);
    return F32::mul(a, a);
  });
}

// Reads a row of the batch, and rescales a copy of it where its sum of squares leaves the bounds.
inline void read_row(ChunkScratch& work, Features x, size_t index) {
  const size_t features = work.head.features;
  Row& row = work.row[index];
  float sum;
  if (x.type == FeatureType::kFloat32 || !kReadsAllTypes<F32> || features % F32::width != 0) {
    row.x = float32_row(work, x, index);
    sum = sum_of_squares(row.x, features);
  } else {
    float* copy = work.copy_of(index);
    row.x = copy;
    sum = with_type(x.type, [&]<class Type>(Type) {
      return copy_and_square<Type>(static_cast<const typename Type::bits*>(row_of(x, features, index)),
                                   features, copy);
    });
  }
  int exponent = 0;
  if (!needs_no_rescaling(sum)) {
    float largest = 0;
    for (size_t i = 0; i < features; i++) {
      const float size = __builtin_fabsf(row.x[i]);
      if (size > largest) largest = size;
    }
    if (largest > 0 && largest < kInfinity) {
      exponent = exponent_of(largest);
      const double down = power_of_two(-exponent);
      float* copy = work.copy_of(index);
      for (size_t i = 0; i < features; i++) copy[i] = static_cast<float>(row.x[i] * down);
      sum = sum_of_squares(copy, features);
      row.x = copy;
    }
  }
  set_norm(work, row, sum, exponent);
}

// Copies features with the signs of a mask: to[i] = ±from[i].
inline void apply_mask(const uint32_t* mask, const float* from, float* to, size_t count) {
  for_range(0, count,
            [&](size_t i, auto part) { part.store(to + i, F32::flip_signs(part.load(from + i), mask, i)); });
}

// The source of a transform that takes a row with the signs of a mask.
struct MaskedRow {
  const float* x;
  const uint32_t* mask;
  F32::reg operator()(size_t i) const { return F32::flip_signs(F32::load(x + i), mask, i); }
};

// Puts the features of a row, with the signs of a mask, where they stand in the matrix. Returns the support.
inline size_t place_features(const Head& head, const uint32_t* mask, const float* x, float* t) {
  if (head.columns) {
    memset(t, 0, head.order * sizeof(float));
    for (size_t i = 0; i < head.features; i++) {
      const bool negated = mask && ((mask[i / 32] >> (i % 32)) & 1);
      t[head.columns[i]] = negated ? -x[i] : x[i];
    }
    return head.order;
  }
  if (mask) {
    apply_mask(mask, x, t, head.features);
  } else {
    memcpy(t, x, head.features * sizeof(float));
  }
  return head.features;
}

}  // namespace
