// NEON, which every arm64 has: 4 floats, 32 registers. The concept of a vector type is written down in
// simd/scalar.h.
#pragma once

#include <arm_neon.h>

#include <cstdint>

#include "look_up.h"
#include "part.h"

namespace {

// How far to the left the bits of a word are from its top bit, the sign.
constexpr int32_t kToTop[] = {31, 30, 29, 28, 27, 26, 25, 24, 23, 22, 21, 20, 19, 18, 17, 16,
                              15, 14, 13, 12, 11, 10, 9,  8,  7,  6,  5,  4,  3,  2,  1,  0};

struct F32 : LookUpByLoad<F32, 4> {
  using scalar = float;
  using reg = float32x4_t;
  static constexpr int width = 4;
  // This is half of them: the other half is for the first stages of a longer row and for constants.
  static constexpr int registers = 16;

  static constexpr int exp_registers = 6;
  static void keep_place(reg& a) { asm("" : "+w"(a)); }
  static void zero_upper() {}
  static reg load(const float* p) { return vld1q_f32(p); }
  static constexpr bool converts_quickly = true;
  static reg load_float16(const uint16_t* p) { return vcvt_f32_f16(vreinterpret_f16_u16(vld1_u16(p))); }
  static reg load_bfloat16(const uint16_t* p) {
    return vreinterpretq_f32_u32(vshlq_n_u32(vmovl_u16(vld1_u16(p)), 16));
  }
  static reg load_int8(const int8_t* p) {
    uint32_t four;
    std::memcpy(&four, p, sizeof four);
    return vcvtq_f32_s32(vmovl_s16(vget_low_s16(vmovl_s8(vcreate_s8(four)))));
  }
  static void store(float* p, reg a) { vst1q_f32(p, a); }
  static void store_float16(uint16_t* p, reg a) {
    vst1_u16(p, vreinterpret_u16_f16(vcvt_f16_f32(one_nan(a))));
  }
  static void store_bfloat16(uint16_t* p, reg a) {
    const uint32x4_t bits = vreinterpretq_u32_f32(one_nan(a));
    const uint32x4_t odd = vandq_u32(vshrq_n_u32(bits, 16), vdupq_n_u32(1));
    const uint32x4_t half = vaddq_u32(odd, vdupq_n_u32(0x7FFF));
    // The lower half of a NaN is zero: it stays as it is.
    vst1_u16(p, vshrn_n_u32(vaddq_u32(bits, half), 16));
  }
  static reg broadcast(float a) { return vdupq_n_f32(a); }
  static reg add(reg a, reg b) { return vaddq_f32(a, b); }
  static reg sub(reg a, reg b) { return vsubq_f32(a, b); }
  static reg negate(reg a) { return vnegq_f32(a); }
  static reg mul(reg a, reg b) { return vmulq_f32(a, b); }
  static reg product_or_zero(reg t, reg z) {
    return vbslq_f32(vceqzq_f32(t), vdupq_n_f32(0), vmulq_f32(t, z));
  }
  // vmaxq_f32 would give NaN where either is NaN.
  static reg max(reg z, reg m) { return vbslq_f32(vcgtq_f32(z, m), z, m); }
  static reg min(reg z, reg m) { return vbslq_f32(vcltq_f32(z, m), z, m); }
  static uint32_t greater_mask(reg a, reg b) {
    const uint32x4_t bits = {1, 2, 4, 8};
    return vaddvq_u32(vandq_u32(vcgtq_f32(a, b), bits));
  }
  static reg load_part(const float* p, int from, int to) { return load_by_copy<F32>(p, from, to); }
  static void store_part(float* p, reg a, int from, int to) { store_by_copy<F32>(p, a, from, to); }
  static reg select_part(reg a, reg other, int from, int to) {
    return select_by_copy<F32>(a, other, from, to);
  }
  static reg flip_signs(reg a, const uint32_t* mask, size_t i) {
    const uint32x4_t shifted = vshlq_u32(vld1q_dup_u32(mask + i / 32), vld1q_s32(kToTop + i % 32));
    const uint32x4_t top = vandq_u32(shifted, vdupq_n_u32(0x80000000));
    return vreinterpretq_f32_u32(veorq_u32(vreinterpretq_u32_f32(a), top));
  }
  static reg zero_below(reg t, float limit, reg a) {
    return vreinterpretq_f32_u32(vbicq_u32(vreinterpretq_u32_f32(a), vcltq_f32(t, broadcast(limit))));
  }
  static reg power_of_two(reg m) {
    return vreinterpretq_f32_s32(vshlq_n_s32(vaddq_s32(vreinterpretq_s32_f32(m), vdupq_n_s32(127)), 23));
  }
  static reg exponent(reg m) { return vreinterpretq_f32_s32(vshlq_n_s32(vreinterpretq_s32_f32(m), 23)); }
  static reg add_exponent(reg q, reg e) {
    return vreinterpretq_f32_s32(vaddq_s32(vreinterpretq_s32_f32(q), vreinterpretq_s32_f32(e)));
  }
  static reg add_product(reg a, reg b, reg c) { return vfmaq_f32(a, b, c); }
  static reg sub_product(reg a, reg b, reg c) { return vfmsq_f32(a, b, c); }

  template <int stride>
  static reg swap(reg a) {
    return stride == 2 ? vextq_f32(a, a, 2) : vrev64q_f32(a);
  }
  template <int stride>
  static reg blend(reg a, reg b) {
    const uint32x4_t lower = stride == 2 ? uint32x4_t{~0u, ~0u, 0, 0} : uint32x4_t{~0u, 0, ~0u, 0};
    return vbslq_f32(lower, a, b);
  }
  template <int stride>
  static reg butterfly(reg a) {
    const reg signs = stride == 2 ? reg{1, 1, -1, -1} : reg{1, -1, 1, -1};
    return vfmaq_f32(swap<stride>(a), a, signs);
  }

 private:
  // Makes every NaN the same one, a quiet one.
  static reg one_nan(reg a) {
    return vbslq_f32(vceqq_f32(a, a), a, vreinterpretq_f32_u32(vdupq_n_u32(0x7FC00000)));
  }
};

struct F64 {
  using scalar = double;
  using reg = float64x2_t;
  static constexpr int width = 2;
  static constexpr int registers = 16;

  static reg load(const double* p) { return vld1q_f64(p); }
  static void store(double* p, reg a) { vst1q_f64(p, a); }
  static reg broadcast(double a) { return vdupq_n_f64(a); }
  static reg add(reg a, reg b) { return vaddq_f64(a, b); }
  static reg sub(reg a, reg b) { return vsubq_f64(a, b); }
  static reg negate(reg a) { return vnegq_f64(a); }
  static reg mul(reg a, reg b) { return vmulq_f64(a, b); }

  template <int stride>
  static reg butterfly(reg a) {
    return vfmaq_f64(vextq_f64(a, a, 1), a, reg{1, -1});
  }
};

struct I32 {
  using scalar = int32_t;
  using reg = int32x4_t;
  static constexpr int width = 4;
  static constexpr int registers = 16;

  static reg load(const int32_t* p) { return vld1q_s32(p); }
  static void store(int32_t* p, reg a) { vst1q_s32(p, a); }
  static reg add(reg a, reg b) { return vaddq_s32(a, b); }
  static reg sub(reg a, reg b) { return vsubq_s32(a, b); }
  static reg negate(reg a) { return vnegq_s32(a); }
  static reg shift_right(reg a, int shift) { return vshlq_s32(a, vdupq_n_s32(-shift)); }

  template <int stride>
  static reg butterfly(reg a) {
    const reg swapped = stride == 2 ? vextq_s32(a, a, 2) : vrev64q_s32(a);
    const reg signs = stride == 2 ? reg{1, 1, -1, -1} : reg{1, -1, 1, -1};
    return vmlaq_s32(swapped, a, signs);
  }
};

}  // namespace
