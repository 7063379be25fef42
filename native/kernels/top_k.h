// Finds the best classes of a row without storing its logits.
#pragma once

#include <cstddef>
#include <cstdint>

#include "logits.h"
#include "math.h"
#include "softmax.h"

namespace {

// The best classes of one row so far, by larger logit, then by lower class. NaN is below everything.
struct BestClasses {
  size_t k;
  size_t filled;
  int32_t* classes;
  float* scores;

  static bool above(float a, float b) { return a > b || (b != b && a == a); }

  void offer(size_t c, float score) {
    size_t place = filled < k ? filled : k;
    while (place > 0 && above(score, scores[place - 1])) place--;
    if (place == k) return;
    if (filled < k) filled++;
    for (size_t i = filled - 1; i > place; i--) {
      classes[i] = classes[i - 1];
      scores[i] = scores[i - 1];
    }
    classes[place] = static_cast<int32_t>(c);
    scores[place] = score;
  }

  // Whether a logit this large finds a place.
  bool takes(float score) const { return filled < k || above(score, scores[k - 1]); }

  // Returns a bound below which no logit finds a place.
  float floor() const { return filled == k && scores[k - 1] == scores[k - 1] ? scores[k - 1] : -kInfinity; }
};

// Returns the k-th largest element of a register that holds no NaN, or −∞ if it has fewer elements.
inline float kth_largest(F32::reg a, size_t k) {
  if (k > F32::width) return -kInfinity;
  alignas(64) float lanes[F32::width];
  F32::store(lanes, a);
  float sorted[F32::width];
  for (size_t i = 0; i < F32::width; i++) {
    size_t place = i;
    for (; place > 0 && sorted[place - 1] < lanes[i]; place--) sorted[place] = sorted[place - 1];
    sorted[place] = lanes[i];
  }
  return sorted[k - 1];
}

// Offers the logits of a segment, in the order of the classes. Almost all of them are below the last of the
// best, or below k others of the segment, as those are that are below k of the lanes' largest: these are
// passed over.
inline void offer_segment(BestClasses& best, const Segment& segment, const KeepLogits& logits) {
  const float largest = largest_of(logits.largest);
  if (!best.takes(largest)) return;
  constexpr size_t group = 64 / F32::width < 4 ? 64 / F32::width : 4;
  constexpr size_t stride = group * F32::width;
  constexpr uint32_t all_lanes = ~uint32_t{0} >> (32 - F32::width);
  const float* z = logits.z;
  const float among_lanes = best.k == 1 ? largest : kth_largest(logits.largest, best.k);
  const size_t end = end_of(segment);
  for (size_t i = segment.hadamard_row / F32::width * F32::width; i < end; i += stride) {
    const F32::reg floor = F32::broadcast(among_lanes > best.floor() ? among_lanes : best.floor());
    if (i >= segment.hadamard_row && i + stride <= end) {
      // NaN may be passed over: above a floor there are numbers enough.
      F32::reg m = F32::broadcast(-kInfinity);
#pragma GCC unroll 4
      for (size_t j = 0; j < group; j++) m = F32::max(F32::load(z + i + j * F32::width), m);
      if (F32::greater_mask(floor, m) == all_lanes) continue;
    }
    uint64_t below = 0;
#pragma GCC unroll 4
    for (size_t j = 0; j < group; j++) {
      below |= static_cast<uint64_t>(F32::greater_mask(floor, F32::load(z + i + j * F32::width)))
               << (j * F32::width);
    }
    const size_t skip = i < segment.hadamard_row ? segment.hadamard_row - i : 0;
    const size_t count = end - i < stride ? end - i : stride;
    uint64_t candidates = ~below >> skip << skip & ~uint64_t{0} >> (64 - count);
    for (; candidates != 0; candidates &= candidates - 1) {
      const size_t hadamard_row = i + static_cast<size_t>(__builtin_ctzll(candidates));
      best.offer(hadamard_row - segment.hadamard_row + segment.first, z[hadamard_row]);
      // The others are no larger, and come later. What was offered may be NaN.
      if (best.k == 1 && best.scores[0] == largest) return;
    }
  }
}

}  // namespace
