// The cross-entropy of a row on its softmax: docs/numerics.md, "Cross-entropy".
#pragma once

#include <cstddef>

#include "math.h"
#include "softmax.h"
#include "table.h"

namespace {

using fixed_classifier::CrossEntropy;

// What is gathered of a row's logits for its loss.
struct RowLoss {
  Softmax softmax;
  double sum_of_logits = 0;
  float logit_of_label = 0;

  float value(double smoothing, size_t classes) const {
    const double log_sum_exp = log(softmax.sum) + softmax.max;
    if (smoothing == 0) return static_cast<float>(log_sum_exp - logit_of_label);
    return static_cast<float>(log_sum_exp - (1 - smoothing) * logit_of_label -
                              smoothing / static_cast<double>(classes) * sum_of_logits);
  }
};

// Makes the gradient by the logits of a row from exp(z − max) of a segment, which is at z.
struct LogitGradient {
  const float* z;
  float reciprocal, row_weight, others, target;

  LogitGradient(const float* z, float reciprocal, const CrossEntropy& loss, size_t class_count)
      : z(z), reciprocal(reciprocal), row_weight(loss.row_weight) {
    const double smoothing = loss.label_smoothing;
    const double classes = static_cast<double>(class_count);
    others = static_cast<float>(smoothing / classes);
    target = static_cast<float>(1 - smoothing + smoothing / classes);
  }

  // Returns the gradients of a register of classes, none of which is the label.
  template <class P>
  [[gnu::always_inline]] F32::reg operator()(size_t i, P) const {
    const F32::reg p = F32::mul(F32::load(z + i), F32::broadcast(reciprocal));
    return F32::mul(F32::sub(p, F32::broadcast(others)), F32::broadcast(row_weight));
  }
  // Returns the gradient of the label.
  float of_label(size_t hadamard_row) const { return (z[hadamard_row] * reciprocal - target) * row_weight; }
};

}  // namespace
