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

template <class V>
constexpr bool kPutsAside = requires(typename V::reg a) { V::put_aside(a, a); };

template <class V>
[[gnu::always_inline]] inline void put_aside(typename V::reg& place, typename V::reg a) {
  if constexpr (kPutsAside<V>) {
    V::put_aside(place, a);
  } else {
    place = a;
  }
}

// Of how many registers exponentials are made together. The steps of one depend on each other, and the pipes
// are idle if the CPU finds no other within reach; what is needed at the end only may be put aside for more.
template <bool near>
constexpr int kExpTogether = near && kPutsAside<F32> ? 8 : F32::exp_registers;

// Makes a step of several registers, one after the other: compilers would put all steps of one together
// again. A function, because GCC 12 stores at every step what a lambda refers to.
template <int count, class Step>
[[gnu::always_inline]] inline void each(F32::reg (&result)[count], const Step& step) {
#pragma GCC unroll 8
  for (int i = 0; i < count; i++) {
    result[i] = step(i);
    keep_place<F32>(result[i]);
  }
}

// Makes q · r + coefficient, with two roundings.
template <int count>
[[gnu::always_inline]] inline void horner_step(F32::reg (&q)[count], const F32::reg (&r)[count],
                                               float coefficient) {
  each(q, [&](int i) { return F32::mul(q[i], r[i]); });
  each(q, [&](int i) { return F32::add(q[i], F32::broadcast(coefficient)); });
}

// Makes every t e^t, for t ≤ 0, and 0 for t < kExpMin; `near` says that no t is below kExpMin or NaN.
template <bool near = false, int count>
[[gnu::always_inline]] inline void exp_nonpositive(F32::reg (&t)[count]) {
  const F32::reg magic = F32::broadcast(kRoundToInteger);
  F32::reg r[count], q[count], power[count];
  each(q, [&](int i) { return F32::mul(t[i], F32::broadcast(kLog2E)); });
  each(q, [&](int i) { return F32::add(q[i], magic); });
#pragma GCC unroll 8
  for (int i = 0; i < count; i++) {
    if constexpr (near) {
      put_aside<F32>(power[i], F32::exponent(q[i]));
    } else {
      power[i] = F32::power_of_two(q[i]);
    }
  }
  each(q, [&](int i) { return F32::sub(q[i], magic); });
  each(r, [&](int i) { return minus_exact_product<F32>(t[i], q[i], F32::broadcast(kLn2High)); });
  each(q, [&](int i) { return F32::mul(q[i], F32::broadcast(kLn2Low)); });
  each(r, [&](int i) { return F32::sub(r[i], q[i]); });
  each(q, [&](int i) { return F32::mul(r[i], F32::broadcast(kQ4)); });
  each(q, [&](int i) { return F32::add(q[i], F32::broadcast(kQ3)); });
  horner_step(q, r, kQ2);
  horner_step(q, r, kQ1);
  horner_step(q, r, kQ0);
  each(q, [&](int i) { return F32::mul(q[i], r[i]); });
  each(q, [&](int i) { return F32::mul(q[i], r[i]); });
  each(q, [&](int i) { return F32::add(q[i], r[i]); });
  each(q, [&](int i) { return F32::add(q[i], F32::broadcast(1.0f)); });
  if constexpr (near) {
    each(t, [&](int i) { return F32::add_exponent(q[i], power[i]); });
  } else {
    each(q, [&](int i) { return F32::mul(q[i], power[i]); });
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
