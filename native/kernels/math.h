// exp, log, and the sums along a row of docs/numerics.md.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>

#include "range.h"

namespace {

constexpr size_t kLanes = 256;
constexpr float kInfinity = __builtin_inff();

constexpr size_t round_up(size_t n, size_t multiple) { return (n + multiple - 1) / multiple * multiple; }

// t[i] = e^t[i] for t ≤ 0, 0 below −87. Step by step for several registers: a chain of so many dependent
// steps leaves the pipes idle if the CPU finds no other within reach.
template <int count>
[[gnu::always_inline]] inline void exp_nonpositive(F32::reg (&t)[count]) {
  const F32::reg magic =
      F32::broadcast(12582912.0f);  // 1.5 · 2^23: what is added to it is rounded to an integer
  F32::reg m[count], k[count], r[count], q[count];
  const auto each = [](const auto& step) {
#pragma GCC unroll 8
    for (int i = 0; i < count; i++) step(i);
  };
  const auto next = [&](float coefficient) {
    each([&](int i) { q[i] = F32::mul(q[i], r[i]); });
    each([&](int i) { q[i] = F32::add(q[i], F32::broadcast(coefficient)); });
  };
  each([&](int i) { m[i] = F32::mul(t[i], F32::broadcast(1.44269504f)); });
  each([&](int i) { m[i] = F32::add(m[i], magic); });
  each([&](int i) { k[i] = F32::sub(m[i], magic); });
  each([&](int i) { r[i] = F32::sub(t[i], F32::mul(k[i], F32::broadcast(0.693359375f))); });
  each([&](int i) { r[i] = F32::sub(r[i], F32::mul(k[i], F32::broadcast(-2.12194440e-4f))); });
  each([&](int i) { q[i] = F32::broadcast(0.0013821362517774105f); });
  next(0.00836866907775402f);
  next(0.04166825860738754f);
  next(0.1666652113199234f);
  next(0.4999999403953552f);
  each([&](int i) { q[i] = F32::mul(F32::mul(q[i], r[i]), r[i]); });
  each([&](int i) { q[i] = F32::add(F32::add(q[i], r[i]), F32::broadcast(1.0f)); });
  each([&](int i) { t[i] = F32::zero_below(t[i], -87.0f, F32::mul(q[i], F32::power_of_two(m[i]))); });
}

inline float exp_of_one(float t) {
  F32::reg a[1] = {F32::broadcast(t)};
  exp_nonpositive(a);
  alignas(64) float lanes[F32::width];
  F32::store(lanes, a[0]);
  return lanes[0];
}

inline double power_of_two(int k) {
  const uint64_t bits = static_cast<uint64_t>(k + 1023) << 52;
  double power;
  memcpy(&power, &bits, sizeof power);
  return power;
}

// ⌊log2 a⌋ for a normal a > 0.
inline int exponent_of(double a) {
  uint64_t bits;
  memcpy(&bits, &a, sizeof bits);
  return static_cast<int>(bits >> 52) - 1023;
}

// ln a for a ≥ 0.
inline double log(double a) {
  if (a == 0) return -__builtin_inf();
  if (!(a < __builtin_inf())) return a;
  int k = exponent_of(a);
  double f = a * power_of_two(-k);
  if (f > 1.4142135623730951) {
    f = f / 2;
    k = k + 1;
  }
  const double s = (f - 1) / (f + 1);
  const double w = s * s;
  double p = 1.0 / 21;
  for (int odd = 19; odd >= 1; odd -= 2) p = 1.0 / odd + w * p;
  return k * 0.6931471805599453 + 2 * s * p;
}

// One element of all of a register: halves combined with each other, then halves of those.
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

  // Register j of the w that are left: the whole tree without a way through memory.
  template <int w>
  [[gnu::always_inline]] F32::reg folded(int j) const {
    if constexpr (w == count) {
      return lane[j];
    } else {
      return F32::add(folded<2 * w>(j), folded<2 * w>(j + w));
    }
  }
};

// At most one term a lane. Added to +0 all the same: −0 must not stay.
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

// Σ term(i) over indices [from, to), lane by index; a term is given by registers: term(i, Full or Part). The
// lanes take turns, as many at a time as there are registers for.
template <class Term>
[[gnu::always_inline]] inline float sum_range(size_t from, size_t to, const Term& term) {
  if (to <= kLanes) return sum_short_range(from, to, term);
  constexpr int group = F32::registers;
  constexpr size_t stride = group * F32::width;
  Lanes sum;
  for (size_t lane = 0; lane < kLanes; lane += stride) {
    F32::reg acc[group];
#pragma GCC unroll 16
    for (int j = 0; j < group; j++) acc[j] = F32::broadcast(0.0f);
    for (size_t i = from / kLanes * kLanes + lane; i < to; i += kLanes) {
      if (i >= from && i + stride <= to) {
#pragma GCC unroll 16
        for (int j = 0; j < group; j++) acc[j] = F32::add(acc[j], term(i + j * F32::width, Full{}));
      } else {
        // Through memory, or the sums would live there all the time.
        alignas(64) float edge[stride] = {};
        for (size_t j = 0; j < stride; j += F32::width) {
          in_range(i + j, from, to, [&](size_t k, auto part) { F32::store(edge + j, term(k, part)); });
        }
#pragma GCC unroll 16
        for (int j = 0; j < group; j++) acc[j] = F32::add(acc[j], F32::load(edge + j * F32::width));
      }
    }
#pragma GCC unroll 16
    for (int j = 0; j < group; j++) sum.lane[lane / F32::width + j] = acc[j];
  }
  return sum.fold();
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

}  // namespace
