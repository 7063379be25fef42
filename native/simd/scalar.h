// One element at a time: runs everywhere, and shows what a vector type has to offer.
//
//   scalar, reg, width        the element, the register and how many elements it holds
//   registers                 how many registers a row kernel may fill
//   load store set add mul    as they say; load and store take any address
//   leave()                   ends a kernel: what it holds in registers must not slow down the caller
//   load_float16 load_bfloat16 load_int8    `width` numbers of these types, exactly; NaN stays NaN
//   minus(a)                  −a, also of zero
//   sub                       a − b, perhaps by the pipes that multiply, which leaves those that add to the
//                             sums of a stage; not static: a type may hold a constant for it
//   plain_sub                 a − b by the pipes that add, for where there are products or shuffles beside it
//   plain_sub_before_shuffles whether that is so where stages within registers follow
//   max(z, m)                 z > m ? z : m, which passes over NaN
//   greater(a, b)             bit i: element i of a is greater than that of b
//   load_part(p, from, to)    elements from … to − 1, zero elsewhere; reads no others
//   store_part(p, a, from, to)
//   select_part(a, b, from, to)  elements from … to − 1 of a, those of b elsewhere
//   negate(a, bits)           element i negated where bit i is set
//   zero_below(t, limit, a)   a, but 0 where t < limit
//   power_of_two(m)           2^k for m = 1.5 · 2^23 + k: k, −126 … 0, is in its lowest bits; else anything
//   swap<stride>(a)           element i and element i ^ stride change places
//   butterfly<stride>(a)      a stage of the transform within the register: i without the bit `stride` gets
//                             a[i] + a[i + stride], its partner a[i] − a[i + stride]
//   last_two_stages(a, b)     may be missing: those of stride 2 and 1 in two registers, where that is faster
//
// Float64 and int32 need only what the transform uses.
#pragma once

#include <cstdint>
#include <cstring>

#include "part.h"

namespace {

template <class T>
struct Scalar {
  using scalar = T;
  using reg = T;
  static constexpr int width = 1;
  static constexpr int registers = 8;
  static constexpr bool plain_sub_before_shuffles = false;

  static reg load(const T* p) { return *p; }
  static void store(T* p, reg a) { *p = a; }
  static reg set(T a) { return a; }
  static reg add(reg a, reg b) { return a + b; }
  static reg sub(reg a, reg b) { return a - b; }
  static reg minus(reg a) { return -a; }
  static reg mul(reg a, reg b) { return a * b; }
};

struct F32 : Scalar<float> {
  static void leave() {}
  static reg plain_sub(reg a, reg b) { return a - b; }
  static reg load_float16(const uint16_t* p) {
    const uint32_t sign = static_cast<uint32_t>(*p & 0x8000) << 16;
    const uint32_t magnitude = *p & 0x7FFF;
    uint32_t bits = (magnitude << 13) + 0x38000000;
    if (magnitude >= 0x7C00) bits += 0x38000000;
    if (magnitude < 0x400) {
      const float denormal = static_cast<float>(magnitude) * 0x1p-24f;
      memcpy(&bits, &denormal, sizeof bits);
    }
    return from_bits(bits | sign);
  }
  static reg load_bfloat16(const uint16_t* p) { return from_bits(static_cast<uint32_t>(*p) << 16); }
  static reg load_int8(const int8_t* p) { return *p; }
  static reg max(reg z, reg m) { return z > m ? z : m; }
  static uint32_t greater(reg a, reg b) { return a > b; }
  static reg load_part(const float* p, int from, int to) { return load_by_copy<F32>(p, from, to); }
  static void store_part(float* p, reg a, int from, int to) { store_by_copy<F32>(p, a, from, to); }
  static reg select_part(reg a, reg other, int from, int to) {
    return select_by_copy<F32>(a, other, from, to);
  }
  static reg negate(reg a, uint32_t bits) { return (bits & 1) ? -a : a; }
  static reg zero_below(reg t, float limit, reg a) { return t < limit ? 0.0f : a; }
  static reg power_of_two(reg m) {
    uint32_t bits;
    memcpy(&bits, &m, sizeof bits);
    return from_bits((bits + 127) << 23);
  }

 private:
  static reg from_bits(uint32_t bits) {
    reg a;
    memcpy(&a, &bits, sizeof a);
    return a;
  }
};

using F64 = Scalar<double>;

struct I32 : Scalar<int32_t> {
  static reg shift_right(reg a, int shift) { return a >> shift; }
};

}  // namespace
