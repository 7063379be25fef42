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

// From so many rows on it pays to read the bias once more for bounds.
constexpr size_t kReadsBias = 4;

// Bounds the logits of rows that are divided by their norm: a signed sum of N elements is at most √N times
// the norm.
inline void bound_logits(ChunkScratch& work) {
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
  static constexpr bool keeps_in_cache = true;
  // Maxima take turns where there are registers for them: on Intel each waits four cycles for the one before.
  static constexpr bool kTakesTurns = F32::registers == 16;
  float* z;
  F32::reg maximum = F32::broadcast(-kInfinity);
  F32::reg second = maximum, third = maximum, fourth = maximum;

  [[gnu::always_inline]] KeepLogits open() const { return {z, maximum, second, third, fourth}; }
  [[gnu::always_inline]] void close(const KeepLogits& local) {
    maximum = local.maximum;
    second = local.second;
    third = local.third;
    fourth = local.fourth;
  }

  template <class P>
  [[gnu::always_inline]] void operator()(size_t i, F32::reg logit, P part) {
    F32::store(z + i, logit);
    join(logit, part);
  }
  template <class P>
  [[gnu::always_inline]] void join(F32::reg logit, P part) {
    const F32::reg next = F32::max(part.only(logit, -kInfinity), maximum);
    if constexpr (kTakesTurns) {
      maximum = second;
      second = third;
      third = fourth;
      fourth = next;
    } else {
      maximum = next;
    }
  }

  F32::reg largest() const {
    if constexpr (!kTakesTurns) return maximum;
    return F32::max(F32::max(maximum, second), F32::max(third, fourth));
  }
  void forget() { maximum = second = third = fourth = F32::broadcast(-kInfinity); }
};

template <bool near, int count, class Source>
[[gnu::always_inline]] inline void exponentials_at(const Source& source, float* z, size_t i, F32::reg shift) {
  F32::reg t[count];
#pragma GCC unroll 8
  for (int k = 0; k < count; k++) t[k] = F32::sub(source(i + k * F32::width), shift);
  exp_nonpositive<near>(t);
#pragma GCC unroll 8
  for (int k = 0; k < count; k++) F32::store(z + i + k * F32::width, t[k]);
}

// Makes every z of a range exp(a − shift) of the registers a that the source has, by whole registers: what
// stands beside the range in them is lost. `near` is as in exp_nonpositive.
template <bool near, class Source>
[[gnu::always_inline]] inline void exponentials_of(const Source& source, float* z, size_t from, size_t to,
                                                   float shift) {
  constexpr int group = kExpTogether<near>;
  constexpr int half = group / 2;
  const F32::reg h = F32::broadcast(shift);
  size_t i = from / F32::width * F32::width;
  for (; i + (group - 1) * F32::width < to; i += group * F32::width)
    exponentials_at<near, group>(source, z, i, h);
  if (i + (half - 1) * F32::width < to) {
    exponentials_at<near, half>(source, z, i, h);
    i += half * F32::width;
  }
  for (; i < to; i += F32::width) exponentials_at<near, 1>(source, z, i, h);
}

// Makes exp(z − shift) of logits z that are kept.
template <bool near>
[[gnu::noinline]] void exponentials_of_kept(float* z, size_t from, size_t to, float shift) {
  exponentials_of<near>([z](size_t i) { return F32::load(z + i); }, z, from, to, shift);
}

inline void exponentials(float* z, size_t from, size_t to, float shift, bool near) {
  if (near) return exponentials_of_kept<true>(z, from, to, shift);
  exponentials_of_kept<false>(z, from, to, shift);
}

// Makes the same of logits that are made again from the transform at t.
template <bool biased>
[[gnu::noinline]] void exponentials_of_transform(const Logit& logit, const float* t, float* z, size_t from,
                                                 size_t to, float shift) {
  const F32::reg alpha = logit.alpha;
  const float* const bias = logit.bias;
  const auto source = [=](size_t i) __attribute__((always_inline)) {
    const F32::reg a = F32::mul(F32::load(t + i), alpha);
    return biased ? F32::add(a, F32::load(bias + i)) : a;
  };
  exponentials_of<true>(source, z, from, to, shift);
}

// Returns Σ exp(z − shift) over `terms` · kLanes elements, with the lanes of any sum; all differences are in
// the range where exp is normal.
template <int terms>
[[gnu::noinline]] float sum_of_exponentials(const float* z, float shift) {
  constexpr int together = 8;
  constexpr int lanes = together / terms;
  const F32::reg h = F32::broadcast(shift);
  Lanes sum;
#pragma GCC unroll 1
  for (int lane = 0; lane < Lanes::count; lane += lanes) {
    F32::reg t[together];
#pragma GCC unroll 8
    for (int i = 0; i < together; i++)
      t[i] = F32::sub(F32::load(z + (lane + i % lanes) * F32::width + i / lanes * kLanes), h);
    exp_nonpositive<true>(t);
#pragma GCC unroll 8
    for (int i = 0; i < lanes; i++) {
      // An exponential is no −0, which the sum with +0 would change.
      F32::reg total = t[i];
#pragma GCC unroll 8
      for (int k = 1; k < terms; k++) total = F32::add(total, t[i + k * lanes]);
      sum.lane[lane + i] = total;
    }
  }
  return sum.fold();
}

// Returns the function above for a segment, where there is one.
inline auto sum_of_exponentials_for(const Segment& segment) -> float (*)(const float*, float) {
  if (segment.hadamard_row != 0 || F32::width == 1) return nullptr;
  if (segment.count == 2 * kLanes) return sum_of_exponentials<2>;
  if (segment.count == 4 * kLanes) return sum_of_exponentials<4>;
  if (segment.count == 8 * kLanes) return sum_of_exponentials<8>;
  return nullptr;
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

  // Takes the logits of a segment and, if they are wanted, leaves exp(z − their largest) in their place.
  void join_segment(const Segment& segment, const KeepLogits& logits, bool near, bool wanted = false) {
    const float m = largest_of(logits.largest());
    if (near && !wanted) {
      if (const auto sum_of_all = sum_of_exponentials_for(segment))
        return join(m, sum_of_all(logits.z, shift_of(m)));
    }
    exponentials(logits.z, segment.hadamard_row, end_of(segment), shift_of(m), near);
    join(m, sum_alone(logits.z, segment.hadamard_row, end_of(segment)));
  }

  float reciprocal() const { return static_cast<float>(1 / sum); }
  double log_sum_exp() const { return log(sum) + max; }
};

}  // namespace
