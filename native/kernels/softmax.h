// Softmax over the segments of a row, and the cross-entropy on it: docs/numerics.md, "Softmax" and
// "Cross-entropy".
#pragma once

#include <cstddef>

#include "rows.h"

namespace {

using fixed_classifier::CrossEntropy;

// The largest element of a register that holds no NaN.
inline float largest_of(F32::reg a) { return by_halves<F32, F32::width / 2>(a, F32::max); }

inline float shift_of(float max) { return max == -kInfinity ? 0.0f : max; }

// Visitor of logits: keeps them in an array indexed by row, and the largest of every lane.
struct Keep {
  float* z;
  F32::reg largest = F32::broadcast(-kInfinity);

  [[gnu::always_inline]] Keep open() const { return {z, largest}; }
  [[gnu::always_inline]] void close(const Keep& local) { largest = local.largest; }

  template <class P>
  [[gnu::always_inline]] void operator()(size_t i, F32::reg logit, P part) {
    F32::store(z + i, logit);
    largest = F32::max(part.only(logit, -kInfinity), largest);
  }
};

template <int count>
[[gnu::always_inline]] inline void exponentials_at(float* z, F32::reg shift) {
  F32::reg t[count];
#pragma GCC unroll 8
  for (int i = 0; i < count; i++) t[i] = F32::sub(F32::load(z + i * F32::width), shift);
  exp_nonpositive(t);
#pragma GCC unroll 8
  for (int i = 0; i < count; i++) F32::store(z + i * F32::width, t[i]);
}

// z[i] = exp(z[i] − shift), by whole registers: what stands beside the range in them is lost.
inline void exponentials(float* z, size_t from, size_t to, float shift) {
  constexpr int group = 3;  // as many as leave registers for constants
  const F32::reg h = F32::broadcast(shift);
  size_t i = from / F32::width * F32::width;
  for (; i + (group - 1) * F32::width < to; i += group * F32::width) exponentials_at<group>(z + i, h);
  for (; i < to; i += F32::width) exponentials_at<1>(z + i, h);
}

// The sum over a range of our own memory: what stands beside it, up to whole sets of lanes, may become zero.
inline float sum_alone(float* z, size_t from, size_t to) {
  if (to <= kLanes) return sum_of(z, from, to);
  const size_t begin = from / kLanes * kLanes;
  const size_t end = round_up(to, kLanes);
  memset(z + begin, 0, (from - begin) * sizeof(float));
  memset(z + to, 0, (end - to) * sizeof(float));
  return sum_of(z, begin, end);
}

// Running maximum and sum of exponentials over segments.
struct Softmax {
  float max;
  double sum;
  bool started = false;

  void join(float m, float s) {
    if (!started) {
      max = m;
      sum = s;
      started = true;
    } else if (m > max) {
      sum = sum * static_cast<double>(exp_of_one(max - m)) + s;
      max = m;
    } else {
      sum = m == -kInfinity ? sum + s : sum + s * static_cast<double>(exp_of_one(m - max));
    }
  }

  // Takes the logits of a segment and leaves exp(z − their largest) in their place.
  void join_segment(const Segment& segment, const Keep& logits) {
    const float m = largest_of(logits.largest);
    exponentials(logits.z, segment.row, end_of(segment), shift_of(m));
    join(m, sum_alone(logits.z, segment.row, end_of(segment)));
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

// The gradient by the logits of a row, from exp(z − max) of the segment at z.
struct LogitGradient {
  const float* z;
  float reciprocal, factor, others, target;

  LogitGradient(const float* z, float reciprocal, const CrossEntropy& loss, size_t class_count)
      : z(z), reciprocal(reciprocal), factor(loss.factor) {
    const double smoothing = loss.label_smoothing;
    const double classes = static_cast<double>(class_count);
    others = static_cast<float>(smoothing / classes);
    target = static_cast<float>(1 - smoothing + smoothing / classes);
  }

  // Of every class but the label.
  template <class P>
  [[gnu::always_inline]] F32::reg operator()(size_t i, P) const {
    const F32::reg p = F32::mul(F32::load(z + i), F32::broadcast(reciprocal));
    return F32::mul(F32::sub(p, F32::broadcast(others)), F32::broadcast(factor));
  }
  float of_label(size_t row) const { return (z[row] * reciprocal - target) * factor; }
};

}  // namespace
