// The softmax over the segments of a row: docs/numerics.md, "Softmax".
#pragma once

#include <cstddef>

#include "logits.h"
#include "math.h"
#include "sums.h"

namespace {

// Returns the largest element of a register that holds no NaN.
inline float largest_of(F32::reg a) { return by_halves<F32, F32::width / 2>(a, F32::max); }

// Returns the largest absolute value of an array, or NaN if one is not finite.
inline float largest_size(const float* p, size_t count) {
  F32::reg largest = F32::broadcast(0.0f);
  F32::reg zero = largest;
  for_range(0, count, [&](size_t i, auto part) {
    const F32::reg a = part.load(p + i);
    largest = F32::max(F32::negate(a), F32::max(a, largest));
    zero = F32::add(zero, F32::mul(a, F32::broadcast(0.0f)));
  });
  return largest_of(largest) + by_halves<F32, F32::width / 2>(zero, F32::add);
}

// Bounds the logits of rows that are divided by their norm: a signed sum of N elements is at most √N times
// the norm. That costs one more reading of the bias, which pays from so many rows on.
inline void bound_logits(ChunkScratch& work) {
  constexpr size_t kReadsBias = 4;
  const Head& head = work.head;
  const float* bias = work.parameters.bias;
  if (!work.parameters.normalised || (head.signed_rows && head.signed_rows->magnitudes)) return;
  if (bias && work.rows < kReadsBias) return;
  constexpr double kRounding = 1.001;
  const double size = __builtin_fabs(work.parameters.scale * head.unit);
  work.reach = static_cast<float>(kRounding * size * __builtin_sqrt(static_cast<double>(head.features))) +
               (bias ? largest_size(bias, head.classes) : 0.0f);
}

// What is subtracted from logits before their exponentials are taken.
inline float shift_of(float max) { return max == -kInfinity ? 0.0f : max; }

// The visitor that keeps logits, in an array indexed by row of the matrix, and the largest of every lane.
struct KeepLogits {
  float* z;
  F32::reg largest = F32::broadcast(-kInfinity);

  [[gnu::always_inline]] KeepLogits open() const { return {z, largest}; }
  [[gnu::always_inline]] void close(const KeepLogits& local) { largest = local.largest; }

  template <class P>
  [[gnu::always_inline]] void operator()(size_t i, F32::reg logit, P part) {
    F32::store(z + i, logit);
    largest = F32::max(part.only(logit, -kInfinity), largest);
  }
};

template <bool near, int count>
[[gnu::always_inline]] inline void exponentials_at(float* z, F32::reg shift) {
  F32::reg t[count];
#pragma GCC unroll 8
  for (int i = 0; i < count; i++) t[i] = F32::sub(F32::load(z + i * F32::width), shift);
  exp_nonpositive<near>(t);
#pragma GCC unroll 8
  for (int i = 0; i < count; i++) F32::store(z + i * F32::width, t[i]);
}

template <bool near>
void exponentials_of(float* z, size_t from, size_t to, float shift) {
  constexpr int group = F32::exp_registers;
  const F32::reg h = F32::broadcast(shift);
  size_t i = from / F32::width * F32::width;
  for (; i + (group - 1) * F32::width < to; i += group * F32::width) exponentials_at<near, group>(z + i, h);
  for (; i < to; i += F32::width) exponentials_at<near, 1>(z + i, h);
}

// Makes every z of a range exp(z − shift), by whole registers: what stands beside the range in them is lost.
// `near` is as in exp_nonpositive.
inline void exponentials(float* z, size_t from, size_t to, float shift, bool near) {
  if (near) return exponentials_of<true>(z, from, to, shift);
  exponentials_of<false>(z, from, to, shift);
}

// The running maximum and sum of exponentials over the segments of a row.
struct Softmax {
  float max;
  double sum;
  bool started = false;

  // Takes the largest logit m of a segment and the sum s of its exp(z − m).
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
  void join_segment(const Segment& segment, const KeepLogits& logits, bool near) {
    const float m = largest_of(logits.largest);
    exponentials(logits.z, segment.hadamard_row, end_of(segment), shift_of(m), near);
    join(m, sum_alone(logits.z, segment.hadamard_row, end_of(segment)));
  }

  float reciprocal() const { return static_cast<float>(1 / sum); }
  double log_sum_exp() const { return log(sum) + max; }
};

}  // namespace
