// The cross-entropy of a row on its softmax, and its gradient by the logits: docs/numerics.md,
// "Cross-entropy".
#pragma once

#include <cstddef>
#include <type_traits>

#include "logits.h"
#include "math.h"
#include "softmax.h"
#include "sums.h"
#include "table.h"

namespace {

using fixed_classifier::CrossEntropy;

// What is gathered of a row's logits for its loss.
struct RowLoss {
  Softmax softmax;
  double sum_of_logits = 0;   // Σ z, or Σ w·z, or Σ t·z where the row has targets of its own
  double sum_of_targets = 0;  // of targets of its own
  float logit_of_label = 0;
  double slope_of_label = 1;  // its derivative by s·cos θ
};

// The targets of a call: of class c, t_c = ((1 − λ)·q_c + λ/C)·w_c, with q_c = 0 for all classes of a row
// that has a label, whose own target is apart. Without targets or labels, all are 0.
struct Targets {
  const CrossEntropy& loss;
  double others;  // λ/C

  Targets(const CrossEntropy& call, size_t classes)
      : loss(call), others(call.label_smoothing / static_cast<double>(classes)) {}

  bool has_label(size_t r) const { return loss.labels && loss.row_weights[r] != 0; }
  size_t label(size_t r) const { return static_cast<size_t>(loss.labels[r]); }

  double weight(size_t c) const {
    return loss.class_weights ? static_cast<double>(loss.class_weights[c]) : 1;
  }
  double of_label(size_t c) const { return (1 - loss.label_smoothing) * weight(c) + others * weight(c); }

  // Σ t of a row.
  double total(size_t r, const RowLoss& row) const {
    if (loss.targets) return row.sum_of_targets;
    if (!loss.labels) return 1;
    if (!loss.class_weights) return 1;
    return (1 - loss.label_smoothing) * weight(label(r)) + others * loss.sum_of_class_weights;
  }

  // The loss of a row: Σ t · log Σ exp z − Σ t·z.
  float value(size_t r, const RowLoss& row) const {
    const double log_sum_exp = row.softmax.log_sum_exp();
    if (loss.targets) return static_cast<float>(row.sum_of_targets * log_sum_exp - row.sum_of_logits);
    if (!loss.labels) return static_cast<float>(log_sum_exp);
    const double smoothing = loss.label_smoothing;
    if (!loss.class_weights && smoothing == 0) return static_cast<float>(log_sum_exp - row.logit_of_label);
    if (!loss.class_weights)
      return static_cast<float>(log_sum_exp - (1 - smoothing) * row.logit_of_label -
                                others * row.sum_of_logits);
    return static_cast<float>(total(r, row) * log_sum_exp -
                              (1 - smoothing) * weight(label(r)) * row.logit_of_label -
                              others * row.sum_of_logits);
  }
};

// The targets of the classes of a segment as registers, by row of the matrix: none, all alike, by class
// weight, by the row's own distribution, or by both.
struct NoTarget {
  template <class P>
  [[gnu::always_inline]] F32::reg operator()(size_t, P) const {
    return F32::broadcast(0.0f);
  }
};
struct SameTarget {
  float others;
  template <class P>
  [[gnu::always_inline]] F32::reg operator()(size_t, P) const {
    return F32::broadcast(others);
  }
};
struct OwnTarget {
  float keep, others;
  const float* q;
  template <class P>
  [[gnu::always_inline]] F32::reg operator()(size_t i, P part) const {
    return F32::add(F32::mul(part.load(q + i), F32::broadcast(keep)), F32::broadcast(others));
  }
};
template <class Target>
struct WeightedTarget {
  Target target;
  const float* weights;
  template <class P>
  [[gnu::always_inline]] F32::reg operator()(size_t i, P part) const {
    return F32::mul(target(i, part), part.load(weights + i));
  }
};

// Calls visit(target) with the targets of a segment of row r, that of its label apart.
template <class Visit>
[[gnu::always_inline]] inline void visit_targets(const Targets& targets, size_t r, const Segment& segment,
                                                 size_t classes, const Visit& visit) {
  const CrossEntropy& loss = targets.loss;
  const float others = static_cast<float>(targets.others);
  const float* weights =
      loss.class_weights ? loss.class_weights + segment.first - segment.hadamard_row : nullptr;
  if (loss.targets) {
    const float* q = loss.targets + r * classes + segment.first - segment.hadamard_row;
    const OwnTarget own{static_cast<float>(1 - loss.label_smoothing), others, q};
    if (loss.class_weights) return visit(WeightedTarget<OwnTarget>{own, weights});
    return visit(own);
  }
  const SameTarget same{loss.labels ? others : 0.0f};
  if (loss.class_weights) return visit(WeightedTarget<SameTarget>{same, weights});
  if (same.others == 0) return visit(NoTarget{});
  visit(same);
}

// Adds the logits z of a segment, by row of the matrix, to the sums of a row's loss.
inline void add_to_sums(RowLoss& row, const Targets& targets, size_t r, const Segment& segment,
                        size_t classes, float* z) {
  const CrossEntropy& loss = targets.loss;
  const size_t from = segment.hadamard_row;
  const size_t to = end_of(segment);
  if (!loss.targets && !loss.class_weights) {
    if (loss.label_smoothing != 0) row.sum_of_logits += sum_alone(z, from, to);
    return;
  }
  const auto sum_products = [&](const auto& factor) {
    row.sum_of_logits += sum_range(from, to, [&](size_t i, auto part) {
      return F32::product_or_zero(factor(i, part), part.load(z + i));
    });
  };
  if (!loss.targets) {
    const float* weights = loss.class_weights + segment.first - from;
    return sum_products([=](size_t i, auto part) { return part.load(weights + i); });
  }
  visit_targets(targets, r, segment, classes, [&](const auto& target) {
    const auto only = [&](size_t i, auto part) { return part.only(target(i, part), 0.0f); };
    if (to <= kLanes) {
      row.sum_of_targets += sum_range(from, to, only);
      return sum_products(only);
    }
    float totals[2];
    sum_long_range(
        from, to,
        [&](size_t i, auto part) {
          const F32::reg t = only(i, part);
          return Terms<2>{{t, F32::product_or_zero(t, part.load(z + i))}};
        },
        totals);
    row.sum_of_targets += totals[0];
    row.sum_of_logits += totals[1];
  });
}

// Makes the gradient by the logits of a row from exp(z − max) of a segment, which is at z.
template <class Target>
struct LogitGradient {
  const float* z;
  float total_by_sum;  // Σ t / Σ exp(z − max)
  float row_weight;
  Target target;

  template <class P>
  [[gnu::always_inline]] F32::reg operator()(size_t i, P part) const {
    F32::reg p = F32::mul(F32::load(z + i), F32::broadcast(total_by_sum));
    if constexpr (!std::is_same_v<Target, NoTarget>) p = F32::sub(p, target(i, part));
    return F32::mul(p, F32::broadcast(row_weight));
  }
  // Whether no element is −0, which the sum with +0 would change.
  bool has_no_minus_zero() const {
    return std::is_same_v<Target, NoTarget> && total_by_sum > 0 && row_weight > 0;
  }
  float of_label(size_t hadamard_row, float target_of_label) const {
    return (z[hadamard_row] * total_by_sum - target_of_label) * row_weight;
  }
};

}  // namespace
