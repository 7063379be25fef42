// Finds the best classes of a row without storing its logits.
#pragma once

#include <cstddef>
#include <cstdint>

#include "best.h"
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

// Offers the logits of a segment, in the order of the classes. Almost all of them are below the last of the
// best, or below k others of the segment, as those are that are below k of the lanes' largest: these are
// passed over.
inline void offer_segment(BestClasses& best, const Segment& segment, const KeepLogits& logits) {
  const F32::reg of_lanes = logits.largest();
  const float largest = largest_of(of_lanes);
  if (!best.takes(largest)) return;
  const float* z = logits.z;
  const float among_lanes = best.k == 1 ? largest : kth_largest(of_lanes, best.k);
  if (best.filled == 0 && best.k > 1 && among_lanes > -kInfinity) {
    Candidates candidates;
    if (candidates.take(z, segment, among_lanes)) {
      candidates.write(segment, best.k, best.classes, best.scores);
      best.filled = best.k;
      return;
    }
  }
  const size_t end = end_of(segment);
  for (size_t i = segment.hadamard_row / F32::width * F32::width; i < end; i += kAtOnce) {
    const F32::reg floor = F32::broadcast(among_lanes > best.floor() ? among_lanes : best.floor());
    // NaN may be passed over: above a floor there are numbers enough.
    if (i >= segment.hadamard_row && i + kAtOnce <= end &&
        F32::greater_mask(floor, largest_of_lanes(z + i)) == kAllLanes)
      continue;
    uint64_t below = 0;
#pragma GCC unroll 4
    for (size_t j = 0; j < kRegistersAtOnce; j++) {
      below |= static_cast<uint64_t>(F32::greater_mask(floor, F32::load(z + i + j * F32::width)))
               << (j * F32::width);
    }
    uint64_t candidates = ~below & lanes_of(segment, i);
    for (; candidates != 0; candidates &= candidates - 1) {
      const size_t hadamard_row = i + static_cast<size_t>(__builtin_ctzll(candidates));
      best.offer(hadamard_row - segment.hadamard_row + segment.first, z[hadamard_row]);
      // The others are no larger, and come later. What was offered may be NaN.
      if (best.k == 1 && best.scores[0] == largest) return;
    }
  }
}

// Finds the smallest and the largest of an array, passing over NaN; ∞ and −∞ if there is nothing else.
inline void find_bounds(const float* p, size_t count, float& least, float& most) {
  constexpr int turns = KeepLogits::kTakesTurns ? 4 : 2;
  F32::reg low[turns], high[turns];
#pragma GCC unroll 4
  for (int k = 0; k < turns; k++) {
    low[k] = F32::broadcast(kInfinity);
    high[k] = F32::broadcast(-kInfinity);
  }
  size_t i = 0;
  for (; i + turns * F32::width <= count; i += turns * F32::width) {
#pragma GCC unroll 4
    for (int k = 0; k < turns; k++) {
      const F32::reg a = F32::load(p + i + k * F32::width);
      low[k] = F32::min(a, low[k]);
      high[k] = F32::max(a, high[k]);
    }
  }
  for_range(i, count, [&](size_t j, auto part) {
    const F32::reg a = part.load(p + j);
    low[0] = F32::min(part.only(a, kInfinity), low[0]);
    high[0] = F32::max(part.only(a, -kInfinity), high[0]);
  });
#pragma GCC unroll 4
  for (int k = 1; k < turns; k++) {
    low[0] = F32::min(low[k], low[0]);
    high[0] = F32::max(high[k], high[0]);
  }
  least = by_halves<F32, F32::width / 2>(low[0], F32::min);
  most = largest_of(high[0]);
}

// Whether to try what may be in vain: not for a while after it was so many times more than not.
class Trust {
 public:
  bool tries() {
    if (left_ > 0) return true;
    if (++left_ == 0) left_ = 1;
    return false;
  }
  void note(bool in_vain) {
    if (!in_vain) {
      left_ = left_ < kMost ? left_ + 1 : kMost;
    } else if (--left_ == 0) {
      left_ = -kPause;
    }
  }

 private:
  static constexpr int kMost = 16, kPause = 64;
  int left_ = kMost;
};

// Passes over segments that have no logit among the best: α · t + bias is at most the same of the block's
// largest α · t and largest bias, since rounding keeps the order. Of many classes almost all are passed over,
// but with biases that differ more than the rest of the logits few are. It is one more reading of the bias.
class PassOverLow {
 public:
  PassOverLow(const ChunkScratch& work, const BestClasses* best)
      : work_(work), best_(best), pays_(!work.parameters.bias || work.rows >= kReadsBias) {}

  class OfRow {
   public:
    OfRow(PassOverLow& all, size_t row, const Block& block) : all_(all), row_(row), block_(block) {}

    bool operator()(const Segment& segment, const float* t) {
      const BestClasses& best = all_.best_[row_];
      Trust& trust = all_.trust_[row_];
      // A logit of NaN may find a place among others of NaN.
      if (!all_.pays_ || best.floor() == -kInfinity || !trust.tries()) return false;
      const float alpha = all_.work_.row[row_].alpha;
      const float a = segment.negative ? -alpha : alpha;
      // A scale of 0, ∞ or NaN keeps no order.
      if (!(a > 0 || a < 0) || a - a != 0) return false;
      if (!has_bounds_) find_bounds(t, block_.hadamard_rows, least_, most_);
      has_bounds_ = true;
      const bool is_low = !best.takes((a > 0 ? a * most_ : a * least_) + all_.most_of_bias(block_));
      trust.note(!is_low);
      return is_low;
    }

   private:
    PassOverLow& all_;
    size_t row_;
    const Block& block_;
    bool has_bounds_ = false;
    float least_, most_;
  };

  OfRow of(size_t row, const Block& block) { return {*this, row, block}; }

 private:
  float most_of_bias(const Block& block) {
    const float* const p = work_.parameters.bias;
    if (!p || block_ == &block) return most_of_bias_;
    block_ = &block;
    const size_t first = block.segments[0].first;
    const Segment& last = block.segments[block.segment_count - 1];
    float least;
    find_bounds(p + first, last.first + last.count - first, least, most_of_bias_);
    return most_of_bias_;
  }

  const ChunkScratch& work_;
  const BestClasses* best_;
  const bool pays_;
  Trust trust_[kChunkRows];
  const Block* block_ = nullptr;
  float most_of_bias_ = 0;  // of that block
};

}  // namespace
