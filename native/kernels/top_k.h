// The best classes of a row without its logits.
#pragma once

#include <cstddef>
#include <cstdint>

#include "rows.h"
#include "softmax.h"

namespace {

// The best so far of one row: by larger logit, then by lower class; NaN is below everything.
struct Best {
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

  // Offers the elements of a register, of which almost always none beats the last of the best. `c` is the
  // class of its first.
  template <class P>
  void offer_register(size_t c, F32::reg z, P part) {
    uint32_t candidates = ~0u;
    if (filled == k && scores[k - 1] == scores[k - 1]) {
      candidates = F32::greater(z, F32::set(scores[k - 1]));
      if (candidates == 0) return;
    }
    alignas(64) float lanes[F32::width];
    F32::store(lanes, z);
    for (int j = part.begin(); j < part.end(); j++) {
      if ((candidates >> j) & 1) offer(c + j, lanes[j]);
    }
  }
};

// The largest logit of a segment, every lane for itself until the end.
struct Largest {
  F32::reg scores = F32::set(-kInfinity);
  F32::reg rows = F32::set(0.0f);  // where a lane's largest came from; float32 holds every row number

  template <class P>
  [[gnu::always_inline]] void operator()(size_t i, F32::reg z, P part) {
    const F32::reg candidate = part.only(z, -kInfinity);
    rows = F32::where_greater(candidate, scores, F32::set(static_cast<float>(i)), rows);
    scores = F32::max(candidate, scores);
  }

  // Offers the first of the largest; false if nothing is greater than −∞.
  bool offer_to(Best& best, const Segment& segment) const {
    const float largest = largest_of(scores);
    if (largest == -kInfinity) return false;
    alignas(64) float score[F32::width];
    alignas(64) float start[F32::width];
    F32::store(score, scores);
    F32::store(start, rows);
    size_t row = SIZE_MAX;
    float found = largest;
    for (int j = 0; j < F32::width; j++) {
      const size_t candidate = static_cast<size_t>(start[j]) + j;
      if (score[j] == largest && candidate < row) {
        row = candidate;
        found = score[j];  // equal, but perhaps a zero of another sign
      }
    }
    best.offer(row - segment.row + segment.first, found);
    return true;
  }
};

// Visitor of logits: offers them all.
struct Offer {
  Best* best;
  size_t class_of_row_0;  // wraps around where a segment's rows start above its classes

  template <class P>
  [[gnu::always_inline]] void operator()(size_t i, F32::reg z, P part) const {
    best->offer_register(i + class_of_row_0, z, part);
  }
};

inline void offer_block(const Work& work, const Row& row, const Block& block, Best& best) {
  visit_block(
      work, row, block,
      [&](const Segment& segment) {
        return Offer{&best, segment.first - segment.row};
      },
      [](const Segment&, const Offer&) {});
}

inline void read_and_offer_largest(Work& work, const float* x, size_t index, const Block& block, Best& best) {
  bool found = false;
  read_and_visit_block(
      work, x, index, block, [](const Segment&) { return Largest{}; },
      [&](const Segment& segment, const Largest& largest) {
        found = largest.offer_to(best, segment) || found;
      });
  // Nothing but −∞ and NaN: rare enough to do it again, element by element.
  if (!found) offer_block(work, work.row[index], block, best);
}

}  // namespace
