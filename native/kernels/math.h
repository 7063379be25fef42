// exp and log, with their coefficients: docs/numerics.md, "exp and log".
#pragma once

#include <cstdint>
#include <cstring>

namespace {

constexpr float kInfinity = __builtin_inff();

// What is added to this, 1.5 · 2^23, is rounded to an integer.
constexpr float kRoundToInteger = 12582912.0f;
constexpr float kLog2E = 1.44269504f;
// These two add up to ln 2.
constexpr float kLn2High = 0.693359375f;
constexpr float kLn2Low = -2.12194440e-4f;
// These are the coefficients of the polynomial in exp.
constexpr float kQ0 = 0.4999999403953552f;
constexpr float kQ1 = 0.1666652113199234f;
constexpr float kQ2 = 0.04166825860738754f;
constexpr float kQ3 = 0.00836866907775402f;
constexpr float kQ4 = 0.0013821362517774105f;
// Below this exp is 0.
constexpr float kExpMin = -87.0f;

constexpr double kLn2 = 0.6931471805599453;
constexpr double kSqrt2 = 1.4142135623730951;
// The series of log is 1 + w/3 + w²/5 + … and ends with this odd number.
constexpr int kLogLastOdd = 21;

// Returns a − b · c, where the product needs no rounding: a fused step then has the same bits.
template <class V>
[[gnu::always_inline]] inline typename V::reg minus_exact_product(typename V::reg a, typename V::reg b,
                                                                  typename V::reg c) {
  if constexpr (requires { V::sub_product(a, b, c); }) {
    return V::sub_product(a, b, c);
  } else {
    return V::sub(a, V::mul(b, c));
  }
}

template <class V>
[[gnu::always_inline]] inline void keep_place(typename V::reg& a) {
  if constexpr (requires { V::keep_place(a); }) V::keep_place(a);
}

// Makes every t e^t, for t ≤ 0, and 0 for t < kExpMin; `near` says that no t is below kExpMin or NaN. Several
// registers go step by step together, as many as the type says: the steps of one depend on each other, and
// the pipes are idle if the CPU finds no other within reach. Compilers would put the steps of one together
// again.
template <bool near = false, int count>
[[gnu::always_inline]] inline void exp_nonpositive(F32::reg (&t)[count]) {
  const F32::reg magic = F32::broadcast(kRoundToInteger);
  F32::reg m[count], k[count], r[count], q[count];
  const auto each = [](F32::reg(&result)[count], const auto& step) {
#pragma GCC unroll 8
    for (int i = 0; i < count; i++) {
      result[i] = step(i);
      keep_place<F32>(result[i]);
    }
  };
  const auto next = [&](float coefficient) {
    each(q, [&](int i) { return F32::mul(q[i], r[i]); });
    each(q, [&](int i) { return F32::add(q[i], F32::broadcast(coefficient)); });
  };
  each(m, [&](int i) { return F32::mul(t[i], F32::broadcast(kLog2E)); });
  each(m, [&](int i) { return F32::add(m[i], magic); });
  each(k, [&](int i) { return F32::sub(m[i], magic); });
  each(r, [&](int i) { return minus_exact_product<F32>(t[i], k[i], F32::broadcast(kLn2High)); });
  each(k, [&](int i) { return F32::mul(k[i], F32::broadcast(kLn2Low)); });
  each(r, [&](int i) { return F32::sub(r[i], k[i]); });
  each(q, [&](int i) { return F32::mul(r[i], F32::broadcast(kQ4)); });
  each(q, [&](int i) { return F32::add(q[i], F32::broadcast(kQ3)); });
  next(kQ2);
  next(kQ1);
  next(kQ0);
  each(q, [&](int i) { return F32::mul(q[i], r[i]); });
  each(q, [&](int i) { return F32::mul(q[i], r[i]); });
  each(q, [&](int i) { return F32::add(q[i], r[i]); });
  each(q, [&](int i) { return F32::add(q[i], F32::broadcast(1.0f)); });
  if constexpr (near) {
    each(t, [&](int i) { return F32::add_exponent(q[i], m[i]); });
  } else {
    each(q, [&](int i) { return F32::mul(q[i], F32::power_of_two(m[i])); });
    each(t, [&](int i) { return F32::zero_below(t[i], kExpMin, q[i]); });
  }
}

inline float exp_of_one(float t) {
  F32::reg a[1] = {F32::broadcast(t)};
  exp_nonpositive(a);
  alignas(64) float lanes[F32::width];
  F32::store(lanes, a[0]);
  return lanes[0];
}

// Returns 2^k for −1022 ≤ k ≤ 1023.
inline double power_of_two(int k) {
  const uint64_t bits = static_cast<uint64_t>(k + 1023) << 52;
  double power;
  memcpy(&power, &bits, sizeof power);
  return power;
}

// Returns ⌊log2 a⌋ for a normal a > 0.
inline int exponent_of(double a) {
  uint64_t bits;
  memcpy(&bits, &a, sizeof bits);
  return static_cast<int>(bits >> 52) - 1023;
}

// Returns ln a for a ≥ 0.
inline double log(double a) {
  if (a == 0) return -__builtin_inf();
  if (!(a < __builtin_inf())) return a;
  int k = exponent_of(a);
  double f = a * power_of_two(-k);
  if (f > kSqrt2) {
    f = f / 2;
    k = k + 1;
  }
  const double s = (f - 1) / (f + 1);
  const double w = s * s;
  double p = 1.0 / kLogLastOdd;
  for (int odd = kLogLastOdd - 2; odd >= 1; odd -= 2) p = 1.0 / odd + w * p;
  return k * kLn2 + 2 * s * p;
}

}  // namespace
