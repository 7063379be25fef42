// Softmax over the segments of a row, and the cross-entropy on it: docs/numerics.md, "Softmax" and
// "Cross-entropy".
#pragma once

#include <cstddef>

#include "rows.h"

namespace {

using fixed_classifier::CrossEntropy;

// The largest element of a register, or −∞.
inline float largest_of(F32::reg a) {
  alignas(64) float lanes[F32::width];
  F32::store(lanes, a);
  float largest = -kInfinity;
  for (float lane : lanes) largest = lane > largest ? lane : largest;
  return largest;
}

inline float shift_of(float max) { return max == -kInfinity ? 0.0f : max; }

// Visitor of logits: keeps them in an array indexed by row, and the largest of every lane.
struct Keep {
  float* z;
  F32::reg largest = F32::set(-kInfinity);

  template <class P>
  [[gnu::always_inline]] void operator()(size_t i, F32::reg logit, P part) {
    F32::store(z + i, logit);
    largest = F32::max(part.only(logit, -kInfinity), largest);
  }
};

// z[i] = exp(z[i] − shift), by whole registers: what stands beside the range in them is lost.
inline void exponentials(const F32& v, float* z, size_t from, size_t to, float shift) {
  const F32::reg h = F32::set(shift);
  for (size_t i = from / F32::width * F32::width; i < to; i += F32::width) {
    F32::store(z + i, exp_nonpositive(v, v.sub(F32::load(z + i), h)));
  }
}

// Running maximum and sum of exponentials over segments.
struct Softmax {
  float max;
  double sum;
  bool started = false;

  void join(const F32& v, float m, float s) {
    if (!started) {
      max = m;
      sum = s;
      started = true;
    } else if (m > max) {
      sum = sum * static_cast<double>(exp_of_one(v, max - m)) + s;
      max = m;
    } else {
      sum = m == -kInfinity ? sum + s : sum + s * static_cast<double>(exp_of_one(v, m - max));
    }
  }

  // Takes the logits of a segment and leaves exp(z − their largest) in their place.
  void join_segment(const F32& v, const Segment& segment, const Keep& logits) {
    float* z = logits.z;
    const float m = largest_of(logits.largest);
    exponentials(v, z, segment.row, end_of(segment), shift_of(m));
    join(v, m, sum_of(z, segment.row, end_of(segment)));
  }

  float reciprocal() const { return static_cast<float>(1 / sum); }
};

// What the loss of a row takes from its logits.
struct RowLoss {
  Softmax softmax;
  double sum_of_logits = 0;
  float logit_of_label = 0;

  float value(double smoothing, size_t classes) const {
    const double base = log(softmax.sum) + softmax.max;
    if (smoothing == 0) return static_cast<float>(base - logit_of_label);
    return static_cast<float>(base - (1 - smoothing) * logit_of_label -
                              smoothing / static_cast<double>(classes) * sum_of_logits);
  }
};

inline bool has_class(const Segment& segment, size_t c) {
  return c >= segment.first && c < segment.first + segment.count;
}

// Turns exp(z − max) of a segment into the gradient by its logits.
inline void gradient_of_segment(const Work& work, const CrossEntropy& loss, size_t label,
                                const Segment& segment, float reciprocal, float* z) {
  const double smoothing = loss.label_smoothing;
  const double classes = static_cast<double>(work.head.classes);
  const float target = static_cast<float>(1 - smoothing + smoothing / classes);
  const bool here = has_class(segment, label);
  const size_t label_row = label - segment.first + segment.row;
  const float of_label = here ? (z[label_row] * reciprocal - target) * loss.factor : 0.0f;
  const F32::reg others = F32::set(static_cast<float>(smoothing / classes));
  for (size_t i = segment.row / F32::width * F32::width; i < end_of(segment); i += F32::width) {
    const F32::reg p = F32::mul(F32::load(z + i), F32::set(reciprocal));
    F32::store(z + i, F32::mul(work.v.sub(p, others), F32::set(loss.factor)));
  }
  if (here) z[label_row] = of_label;
}

}  // namespace
