// One element at a time: this vector type runs everywhere, and shows what one has to offer.
//
//   scalar, reg, width        the element, the register and how many elements it holds
//   registers                 how many registers a row kernel may fill
//   load store broadcast add sub mul    as they say; load and store take any address
//   negate(a)                 −a, also of zero
//   sub_by_fma(a, b)          a − b by the pipes that multiply, which leaves those that add to the sums of a
//                             stage. May be missing, as where multiplying costs more. Not static: a type may
//                             hold a constant for it
//   fma_from                  with sub_by_fma: a pass takes the differences of elements that are so many of
//                             its registers apart, or more, by it
//   overlaps_rows             there if rows of 8 registers are to be made one into the other (overlap.h), and
//                             passes beside rows (leaves.h)
//   passes_ahead              there if passes are to be made beside the rows before them (ahead.h)
//   load_once(a)              hides that a is in memory: compilers load again what is used twice. May be
//                             missing, as where there are loads to spare
//   stream(p, a)              stores a register past the caches, at a multiple of its size. May be missing,
//   as
//                             are then the next two
//   fence()                   stores after it are not seen before those past the caches
//   Joint(n)(a, b)            the last n elements of a and the first of b, as one register
//   zero_upper()              ends a kernel: what it holds in registers must not slow down the caller
//   load_float16 load_bfloat16 load_int8    `width` numbers of these types, exactly; NaN stays NaN
//   converts_quickly          there if these take one or two steps
//   store_float16 store_bfloat16    `width` numbers rounded to these types, ties to even; NaN becomes 0x7E00
//                             or 0x7FC0
//   max(z, m) min(z, m)       z > m ? z : m and z < m ? z : m, which pass over NaN
//   greater_mask(a, b)        bit i: element i of a is greater than that of b
//   load_part(p, from, to)    elements from … to − 1, zero elsewhere; reads no others
//   store_part(p, a, from, to)    writes these elements alone
//   select_part(a, b, from, to)   elements from … to − 1 of a, those of b elsewhere
//   flip_signs(a, mask, i)    element j negated where bit i + j of the mask is set; i is a multiple of width
//   zero_below(t, limit, a)   a, but 0 where t < limit
//   power_of_two(m)           2^k for m = 1.5 · 2^23 + k: k, −126 … 0, is in its lowest bits; else anything
//   exponent(m)               what add_exponent takes for such an m
//   add_exponent(q, e)        q · 2^k, where q and the product are normal numbers
//   sub_product(a, b, c)      a − b · c with one rounding. May be missing
//   add_product(a, b, c)      a + b · c with one rounding. May be missing
//   exp_registers             of how many registers exponentials are made together
//   keep_place(a)             has the compiler make a before what is made after this. May be missing
//   put_aside(place, a)       has the compiler keep a in memory until it is needed. May be missing
//   swap<stride>(a)           element i and element i ^ stride change places
//   butterfly<stride>(a)      a stage of the transform within the register: i without the bit `stride` gets
//                             a[i] + a[i + stride], its partner a[i] − a[i + stride]
//   last_two_stages(a, b)     those of stride 2 and 1 in two registers. May be missing where it is not faster
//   words load_words shift_right<n>    `width` words of 32 bits of packed rows, as SignedRows has them
//   NarrowTable(p, n).pick(field_of(words, n))    of eight entries at p, and the same negated behind them,
//                             those that the lowest four bits of the words say
//   ShortTable                the same of four entries. May be missing, as where it is not faster
//   WideTable                 of 16 or 32 entries, n, those that the lowest eight bits say; bit 7: negated
//   row_registers lanes_from  how many registers of rows take entries at a time, a row a lane, and from how
//                             many rows on that is done; 0: never
//   rows_sharing groups_shared groups_alone    how many rows share the unpacking of how many groups of words,
//                             and how many groups a row alone takes at a time
//   after(p, a)               hides p from the compiler until it has made a: it would make all that is taken
//   of
//                             tables before it adds anything, and have no registers for it
//   blend<stride>(a, b)       a where i is without the bit `stride`, otherwise b
//   shift_right(a, n)         int32 only: arithmetic shift
//
// Float64 and int32 need only what the transform uses.
#pragma once

#include <cstdint>
#include <cstring>

#include "look_up.h"
#include "part.h"

namespace {

template <class T>
struct Scalar {
  using scalar = T;
  using reg = T;
  static constexpr int width = 1;
  static constexpr int registers = 8;

  static reg load(const T* p) { return *p; }
  static void store(T* p, reg a) { *p = a; }
  static reg broadcast(T a) { return a; }
  static reg add(reg a, reg b) { return a + b; }
  static reg sub(reg a, reg b) { return a - b; }
  static reg negate(reg a) { return -a; }
  static reg mul(reg a, reg b) { return a * b; }
};

struct F32 : Scalar<float>, LookUpByLoad<F32, 1> {
  static constexpr int exp_registers = 4;
  static void zero_upper() {}
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
  static reg product_or_zero(reg t, reg z) { return t == 0 ? 0 : t * z; }
  static void store_float16(uint16_t* p, reg a) {
    const uint32_t bits = to_bits(a);
    const uint32_t magnitude = bits & 0x7FFFFFFF;
    uint32_t rounded = (magnitude - 0x38000000 + 0xFFF + ((magnitude >> 13) & 1)) >> 13;
    // The sum has its last place where that of a denormal float16 is.
    if (magnitude < 0x38800000) rounded = to_bits(from_bits(magnitude) + 0.5f) - 0x3F000000;
    if (magnitude >= 0x47800000) rounded = 0x7C00;
    *p = static_cast<uint16_t>(a != a ? 0x7E00 : rounded | (bits >> 16 & 0x8000));
  }
  static void store_bfloat16(uint16_t* p, reg a) {
    const uint32_t bits = to_bits(a);
    *p = static_cast<uint16_t>(a != a ? 0x7FC0 : (bits + 0x7FFF + ((bits >> 16) & 1)) >> 16);
  }
  static reg max(reg z, reg m) { return z > m ? z : m; }
  static reg min(reg z, reg m) { return z < m ? z : m; }
  static uint32_t greater_mask(reg a, reg b) { return a > b; }
  static reg load_part(const float* p, int from, int to) { return load_by_copy<F32>(p, from, to); }
  static void store_part(float* p, reg a, int from, int to) { store_by_copy<F32>(p, a, from, to); }
  static reg select_part(reg a, reg other, int from, int to) {
    return select_by_copy<F32>(a, other, from, to);
  }
  static reg flip_signs(reg a, const uint32_t* mask, size_t i) {
    return (mask[i / 32] >> (i % 32)) & 1 ? -a : a;
  }
  static reg zero_below(reg t, float limit, reg a) { return t < limit ? 0.0f : a; }
  static reg power_of_two(reg m) { return from_bits((to_bits(m) + 127) << 23); }
  static reg exponent(reg m) { return from_bits(to_bits(m) << 23); }
  static reg add_exponent(reg q, reg e) { return from_bits(to_bits(q) + to_bits(e)); }

 private:
  static uint32_t to_bits(reg a) {
    uint32_t bits;
    memcpy(&bits, &a, sizeof bits);
    return bits;
  }
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
