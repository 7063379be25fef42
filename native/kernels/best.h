// The best classes of a segment where no list of them is begun, with few jumps that depend on the logits: a
// core does not foresee these, and the row that comes next has to wait. On Zen 5 the best five of 1000 take
// 0.85 of the time of a list into which one is inserted after the other.
#pragma once

#include <cstddef>
#include <cstdint>

#include "logits.h"
#include "math.h"

namespace {

// Logits are looked through by so many registers at a time, with a bit for each in a word.
constexpr size_t kRegistersAtOnce = 64 / F32::width < 4 ? 64 / F32::width : 4;
constexpr size_t kAtOnce = kRegistersAtOnce * F32::width;
constexpr uint32_t kAllLanes = ~uint32_t{0} >> (32 - F32::width);

// Returns the largest of each lane of those at p, passing over NaN.
[[gnu::always_inline]] inline F32::reg largest_of_lanes(const float* p) {
  F32::reg m = F32::broadcast(-kInfinity);
#pragma GCC unroll 4
  for (size_t j = 0; j < kRegistersAtOnce; j++) m = F32::max(F32::load(p + j * F32::width), m);
  return m;
}

// Returns which of the logits from i on are of a segment.
inline uint64_t lanes_of(const Segment& segment, size_t i) {
  const size_t skip = i < segment.hadamard_row ? segment.hadamard_row - i : 0;
  const size_t left = end_of(segment) - i;
  return ~uint64_t{0} >> skip << skip & ~uint64_t{0} >> (64 - (left < kAtOnce ? left : kAtOnce));
}

// Returns the k-th largest element of a register that holds no NaN, or −∞ if it has fewer elements: the
// smallest of those than which fewer than k are larger.
inline float kth_largest(F32::reg a, size_t k) {
  if (k > F32::width) return -kInfinity;
  alignas(64) float lanes[F32::width];
  F32::store(lanes, a);
  float kth = kInfinity;
#pragma GCC unroll 16
  for (size_t i = 0; i < F32::width; i++) {
    const auto larger =
        static_cast<size_t>(__builtin_popcount(F32::greater_mask(a, F32::broadcast(lanes[i]))));
    const float of_k = larger < k ? lanes[i] : kInfinity;
    kth = of_k < kth ? of_k : kth;
  }
  return kth;
}

// What may be among the best.
class Candidates {
 public:
  static constexpr size_t kMost = 16;

  // Takes the logits of a segment that are not below the floor, a number, and returns whether there was room.
  bool take(const float* z, const Segment& segment, float floor) {
    const F32::reg f = F32::broadcast(floor);
    const size_t start = segment.hadamard_row / F32::width * F32::width;
    const size_t end = end_of(segment);
    if (end - start > kPlaces * kAtOnce) return false;
    size_t places[kPlaces];
    size_t count = 0;
    for (size_t i = start; i < end; i += kAtOnce) {
      const bool whole = i >= segment.hadamard_row && i + kAtOnce <= end;
      places[count] = i;
      count += !whole || F32::greater_mask(f, largest_of_lanes(z + i)) != kAllLanes;
    }
    for (size_t p = 0; p < count; p++) {
      if (!take(z, places[p], f, lanes_of(segment, places[p]))) return false;
    }
    return true;
  }

  // Writes the k best, which there are, by larger logit, then by lower class.
  void write(const Segment& segment, size_t k, int32_t* classes, float* scores) const {
    // How many come before each. One by one, since a register of them would wait until all are in memory.
    size_t rank[kMost];
    for (size_t i = 0; i < count_; i++) {
      rank[i] = 0;
      for (size_t j = 0; j < i; j++) {
        const size_t before = scores_[j] >= scores_[i];
        rank[i] += before;
        rank[j] += 1 - before;
      }
    }
    for (size_t i = 0; i < count_; i++) {
      if (rank[i] >= k) continue;
      classes[rank[i]] = static_cast<int32_t>(rows_[i] - segment.hadamard_row + segment.first);
      scores[rank[i]] = scores_[i];
    }
  }

 private:
  static constexpr size_t kPlaces = 64;

  // Takes what is not below the floors of some logits from i on.
  bool take(const float* z, size_t i, F32::reg floors, uint64_t lanes) {
    uint64_t below = 0;
#pragma GCC unroll 4
    for (size_t j = 0; j < kRegistersAtOnce; j++) {
      const F32::reg a = F32::max(F32::load(z + i + j * F32::width), F32::broadcast(-kInfinity));
      below |= static_cast<uint64_t>(F32::greater_mask(floors, a)) << (j * F32::width);
    }
    for (uint64_t bits = ~below & lanes; bits != 0; bits &= bits - 1) {
      if (count_ == kMost) return false;
      rows_[count_] = i + static_cast<size_t>(__builtin_ctzll(bits));
      scores_[count_] = z[rows_[count_]];
      count_++;
    }
    return true;
  }

  size_t count_ = 0;
  size_t rows_[kMost];
  float scores_[kMost];
};

}  // namespace
