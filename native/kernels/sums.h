// Sums along a row, in 256 lanes that are folded by halves: docs/numerics.md, "Sums along a row".
#pragma once

#include <cstddef>
#include <cstring>

#include "range.h"

namespace {

// A sum runs in this many interleaved lanes.
constexpr size_t kLanes = 256;

// Combines the elements of a register into one: halves with each other, then halves of those.
template <class V, int stride, class Combine>
inline typename V::scalar by_halves(typename V::reg a, const Combine& combine) {
  if constexpr (stride >= 1) {
    return by_halves<V, stride / 2>(combine(a, V::template swap<stride>(a)), combine);
  } else {
    alignas(64) typename V::scalar lanes[V::width];
    V::store(lanes, a);
    return lanes[0];
  }
}

// The lanes of a sum. Lanes from `used` on, a power of two of at least a register, are zero and left alone.
struct Lanes {
  static constexpr int count = kLanes / F32::width;
  F32::reg lane[count];

  float fold() {
    if constexpr (count <= 32) {
      return sum_of_lanes(folded<1>(0));
    } else {
      return fold(kLanes);
    }
  }

  float fold(size_t used) {
#pragma GCC unroll 8
    for (int w = static_cast<int>(used) / F32::width / 2; w >= 1; w /= 2) {
#pragma GCC unroll 8
      for (int j = 0; j < w; j++) lane[j] = F32::add(lane[j], lane[j + w]);
    }
    return sum_of_lanes(lane[0]);
  }

 private:
  static float sum_of_lanes(F32::reg a) { return by_halves<F32, F32::width / 2>(a, F32::add); }

  // Returns register j of the w that are left. The whole tree is made without a way through memory.
  template <int w>
  [[gnu::always_inline]] F32::reg folded(int j) const {
    if constexpr (w == count) {
      return lane[j];
    } else {
      return F32::add(folded<2 * w>(j), folded<2 * w>(j + w));
    }
  }
};

// Returns a sum with at most one term a lane. The term is added to +0 all the same: −0 must not stay.
template <class Term>
[[gnu::always_inline]] inline float sum_short_range(size_t from, size_t to, const Term& term) {
  Lanes sum;
  size_t used = F32::width;
  while (used < to) used *= 2;
  for (size_t i = 0; i < used; i += F32::width) {
    F32::reg& lane = sum.lane[i / F32::width];
    lane = F32::broadcast(0.0f);
    in_range(i, from, to, [&](size_t k, auto part) { lane = F32::add(lane, term(k, part)); });
  }
  return sum.fold(used);
}

// Terms of sums that are made together.
template <int count>
struct Terms {
  F32::reg of[count];
};

// Makes Σ term(i) over indices [from, to), with the lane by index, for sums that are made together. Terms are
// given by registers: term(i, Full or Part). The lanes take turns, as many at a time as there are registers
// for.
template <int count, class Term>
[[gnu::always_inline]] inline void sum_long_range(size_t from, size_t to, const Term& term,
                                                  float (&totals)[count]) {
  constexpr int group = F32::registers / count;
  constexpr size_t stride = group * F32::width;
  Lanes sum[count];
  for (size_t lane = 0; lane < kLanes; lane += stride) {
    F32::reg acc[count][group];
#pragma GCC unroll 2
    for (int s = 0; s < count; s++) {
#pragma GCC unroll 16
      for (int j = 0; j < group; j++) acc[s][j] = F32::broadcast(0.0f);
    }
    for (size_t i = from / kLanes * kLanes + lane; i < to; i += kLanes) {
      if (i >= from && i + stride <= to) {
#pragma GCC unroll 16
        for (int j = 0; j < group; j++) {
          const Terms<count> terms = term(i + j * F32::width, Full{});
#pragma GCC unroll 2
          for (int s = 0; s < count; s++) acc[s][j] = F32::add(acc[s][j], terms.of[s]);
        }
      } else {
        // These terms go through memory, or the sums would live there all the time.
        alignas(64) float edge[count][stride] = {};
        for (size_t j = 0; j < stride; j += F32::width) {
          in_range(i + j, from, to, [&](size_t k, auto part) {
            const Terms<count> terms = term(k, part);
            for (int s = 0; s < count; s++) F32::store(edge[s] + j, terms.of[s]);
          });
        }
#pragma GCC unroll 2
        for (int s = 0; s < count; s++) {
#pragma GCC unroll 16
          for (int j = 0; j < group; j++)
            acc[s][j] = F32::add(acc[s][j], F32::load(edge[s] + j * F32::width));
        }
      }
    }
#pragma GCC unroll 2
    for (int s = 0; s < count; s++) {
#pragma GCC unroll 16
      for (int j = 0; j < group; j++) sum[s].lane[lane / F32::width + j] = acc[s][j];
    }
  }
  for (int s = 0; s < count; s++) totals[s] = sum[s].fold();
}

// Returns Σ term(i) over indices [from, to), with the lane by index.
template <class Term>
[[gnu::always_inline]] inline float sum_range(size_t from, size_t to, const Term& term) {
  if (to <= kLanes) return sum_short_range(from, to, term);
  float total[1];
  sum_long_range(
      from, to, [&](size_t i, auto part) { return Terms<1>{{term(i, part)}}; }, total);
  return total[0];
}

inline float sum_of(const float* p, size_t from, size_t to) {
  return sum_range(from, to, [=](size_t i, auto part) { return part.load(p + i); });
}

inline float sum_of_squares(const float* p, size_t count) {
  return sum_range(0, count, [=](size_t i, auto part) {
    const F32::reg a = part.load(p + i);
    return F32::mul(a, a);
  });
}

// Returns the sum over a range of memory that is the kernel's own: what stands beside the range, up to whole
// sets of lanes, may become zero.
inline float sum_alone(float* z, size_t from, size_t to) {
  if (to <= kLanes) return sum_of(z, from, to);
  const size_t begin = from / kLanes * kLanes;
  const size_t end = round_up(to, kLanes);
  memset(z + begin, 0, (from - begin) * sizeof(float));
  memset(z + to, 0, (end - to) * sizeof(float));
  return sum_of(z, begin, end);
}

}  // namespace
