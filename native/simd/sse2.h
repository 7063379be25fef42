// SSE2, which every x64 has: 4 floats, 16 registers. The concept of a vector type is written down in
// simd/scalar.h.
#pragma once

#include <emmintrin.h>

#include <cstdint>

#include "look_up.h"
#include "part.h"

namespace {

// The signs of four elements by the bits of a number.
alignas(16) constexpr float kSigns[16][4] = {
    {0.0f, 0.0f, 0.0f, 0.0f},    {-0.0f, 0.0f, 0.0f, 0.0f},   {0.0f, -0.0f, 0.0f, 0.0f},
    {-0.0f, -0.0f, 0.0f, 0.0f},  {0.0f, 0.0f, -0.0f, 0.0f},   {-0.0f, 0.0f, -0.0f, 0.0f},
    {0.0f, -0.0f, -0.0f, 0.0f},  {-0.0f, -0.0f, -0.0f, 0.0f}, {0.0f, 0.0f, 0.0f, -0.0f},
    {-0.0f, 0.0f, 0.0f, -0.0f},  {0.0f, -0.0f, 0.0f, -0.0f},  {-0.0f, -0.0f, 0.0f, -0.0f},
    {0.0f, 0.0f, -0.0f, -0.0f},  {-0.0f, 0.0f, -0.0f, -0.0f}, {0.0f, -0.0f, -0.0f, -0.0f},
    {-0.0f, -0.0f, -0.0f, -0.0f}};

struct F32 : LookUpByLoad<F32, 4> {
  using scalar = float;
  using reg = __m128;
  static constexpr int width = 4;
  static constexpr int registers = 8;

  static constexpr int exp_registers = 5;
  static void keep_place(reg& a) { asm("" : "+x"(a)); }
  static void zero_upper() {}
  static reg load(const float* p) { return _mm_loadu_ps(p); }
  // No step has denormals among its operands, which are slow.
  static reg load_float16(const uint16_t* p) {
    const __m128i a = _mm_unpacklo_epi16(load_half(p), _mm_setzero_si128());
    const __m128i sign = _mm_slli_epi32(_mm_and_si128(a, _mm_set1_epi32(0x8000)), 16);
    const __m128i magnitude = _mm_and_si128(a, _mm_set1_epi32(0x7FFF));
    const __m128i rebias = _mm_set1_epi32(0x38000000);
    const __m128i special = _mm_and_si128(_mm_cmpgt_epi32(magnitude, _mm_set1_epi32(0x7BFF)), rebias);
    const __m128i normal = _mm_add_epi32(_mm_add_epi32(_mm_slli_epi32(magnitude, 13), rebias), special);
    const __m128i denormal = _mm_castps_si128(_mm_mul_ps(_mm_cvtepi32_ps(magnitude), broadcast(0x1p-24f)));
    const __m128i small = _mm_cmplt_epi32(magnitude, _mm_set1_epi32(0x400));
    const __m128i bits = _mm_or_si128(_mm_and_si128(small, denormal), _mm_andnot_si128(small, normal));
    return _mm_castsi128_ps(_mm_or_si128(bits, sign));
  }
  static reg load_bfloat16(const uint16_t* p) {
    return _mm_castsi128_ps(_mm_unpacklo_epi16(_mm_setzero_si128(), load_half(p)));
  }
  static reg load_int8(const int8_t* p) {
    int32_t four;
    std::memcpy(&four, p, sizeof four);
    const __m128i a = _mm_cvtsi32_si128(four);
    const __m128i pairs = _mm_unpacklo_epi8(a, a);
    return _mm_cvtepi32_ps(_mm_srai_epi32(_mm_unpacklo_epi16(pairs, pairs), 24));
  }
  static void store(float* p, reg a) { _mm_storeu_ps(p, a); }
  static void store_float16(uint16_t* p, reg a) {
    const __m128i bits = _mm_castps_si128(a);
    const __m128i magnitude = _mm_and_si128(bits, _mm_set1_epi32(0x7FFFFFFF));
    const __m128i odd = _mm_and_si128(_mm_srli_epi32(magnitude, 13), _mm_set1_epi32(1));
    const __m128i normal =
        _mm_srli_epi32(_mm_add_epi32(_mm_add_epi32(magnitude, _mm_set1_epi32(0xFFF - 0x38000000)), odd), 13);
    // The sum has its last place where that of a denormal float16 is.
    const __m128i denormal =
        _mm_sub_epi32(_mm_castps_si128(_mm_add_ps(_mm_castsi128_ps(magnitude), broadcast(0.5f))),
                      _mm_set1_epi32(0x3F000000));
    __m128i rounded = choose(_mm_cmplt_epi32(magnitude, _mm_set1_epi32(0x38800000)), denormal, normal);
    rounded = choose(_mm_cmpgt_epi32(magnitude, _mm_set1_epi32(0x477FFFFF)), _mm_set1_epi32(0x7C00), rounded);
    rounded = _mm_or_si128(rounded, _mm_and_si128(_mm_srli_epi32(bits, 16), _mm_set1_epi32(0x8000)));
    store_half(p, choose(is_nan(a), _mm_set1_epi32(0x7E00), rounded));
  }
  static void store_bfloat16(uint16_t* p, reg a) {
    const __m128i bits = _mm_castps_si128(a);
    const __m128i odd = _mm_and_si128(_mm_srli_epi32(bits, 16), _mm_set1_epi32(1));
    const __m128i half = _mm_add_epi32(odd, _mm_set1_epi32(0x7FFF));
    const __m128i rounded = _mm_srli_epi32(_mm_add_epi32(bits, half), 16);
    store_half(p, choose(is_nan(a), _mm_set1_epi32(0x7FC0), rounded));
  }
  static reg broadcast(float a) { return _mm_set1_ps(a); }
  static reg add(reg a, reg b) { return _mm_add_ps(a, b); }
  static reg sub(reg a, reg b) { return _mm_sub_ps(a, b); }
  static reg negate(reg a) { return _mm_xor_ps(a, broadcast(-0.0f)); }
  static reg mul(reg a, reg b) { return _mm_mul_ps(a, b); }
  static reg product_or_zero(reg t, reg z) {
    return _mm_and_ps(_mm_cmpneq_ps(t, _mm_setzero_ps()), _mm_mul_ps(t, z));
  }
  static reg max(reg z, reg m) { return _mm_max_ps(z, m); }
  static reg min(reg z, reg m) { return _mm_min_ps(z, m); }
  static uint32_t greater_mask(reg a, reg b) {
    return static_cast<uint32_t>(_mm_movemask_ps(_mm_cmpgt_ps(a, b)));
  }
  static reg load_part(const float* p, int from, int to) { return load_by_copy<F32>(p, from, to); }
  static void store_part(float* p, reg a, int from, int to) { store_by_copy<F32>(p, a, from, to); }
  static reg select_part(reg a, reg other, int from, int to) {
    return select_by_copy<F32>(a, other, from, to);
  }
  static reg flip_signs(reg a, const uint32_t* mask, size_t i) {
    return _mm_xor_ps(a, _mm_load_ps(kSigns[(mask[i / 32] >> (i % 32)) & 15]));
  }
  static reg zero_below(reg t, float limit, reg a) {
    return _mm_and_ps(_mm_cmpnlt_ps(t, broadcast(limit)), a);
  }
  static reg power_of_two(reg m) {
    return _mm_castsi128_ps(_mm_slli_epi32(_mm_add_epi32(_mm_castps_si128(m), _mm_set1_epi32(127)), 23));
  }
  static reg exponent(reg m) { return _mm_castsi128_ps(_mm_slli_epi32(_mm_castps_si128(m), 23)); }
  static reg add_exponent(reg q, reg e) {
    return _mm_castsi128_ps(_mm_add_epi32(_mm_castps_si128(q), _mm_castps_si128(e)));
  }

  template <int stride>
  static reg swap(reg a) {
    return stride == 2 ? _mm_shuffle_ps(a, a, 0x4E) : _mm_shuffle_ps(a, a, 0xB1);
  }
  template <int stride>
  static reg blend(reg a, reg b) {
    if constexpr (stride == 2) return _mm_shuffle_ps(a, b, 0xE4);
    const reg even_and_odd = _mm_shuffle_ps(a, b, 0xD8);
    return _mm_shuffle_ps(even_and_odd, even_and_odd, 0xD8);
  }
  // a + (−b) is a − b, bit for bit.
  template <int stride>
  static reg butterfly(reg a) {
    const reg flips =
        stride == 2 ? _mm_setr_ps(0.0f, 0.0f, -0.0f, -0.0f) : _mm_setr_ps(0.0f, -0.0f, 0.0f, -0.0f);
    return _mm_add_ps(swap<stride>(a), _mm_xor_ps(a, flips));
  }

 private:
  static __m128i is_nan(reg a) { return _mm_castps_si128(_mm_cmpunord_ps(a, a)); }
  static __m128i choose(__m128i mask, __m128i a, __m128i b) {
    return _mm_or_si128(_mm_and_si128(mask, a), _mm_andnot_si128(mask, b));
  }
  // Stores the lower halves. Packing saturates as signed numbers, so they are made those first.
  static void store_half(uint16_t* p, __m128i a) {
    const __m128i lower = _mm_srai_epi32(_mm_slli_epi32(a, 16), 16);
    _mm_storel_epi64(reinterpret_cast<__m128i*>(p), _mm_packs_epi32(lower, lower));
  }
  static __m128i load_half(const uint16_t* p) { return _mm_loadl_epi64(reinterpret_cast<const __m128i*>(p)); }
};

struct F64 {
  using scalar = double;
  using reg = __m128d;
  static constexpr int width = 2;
  static constexpr int registers = 8;

  static reg load(const double* p) { return _mm_loadu_pd(p); }
  static void store(double* p, reg a) { _mm_storeu_pd(p, a); }
  static reg broadcast(double a) { return _mm_set1_pd(a); }
  static reg add(reg a, reg b) { return _mm_add_pd(a, b); }
  static reg sub(reg a, reg b) { return _mm_sub_pd(a, b); }
  static reg negate(reg a) { return _mm_xor_pd(a, broadcast(-0.0)); }
  static reg mul(reg a, reg b) { return _mm_mul_pd(a, b); }

  template <int stride>
  static reg butterfly(reg a) {
    return _mm_add_pd(_mm_shuffle_pd(a, a, 1), _mm_xor_pd(a, _mm_setr_pd(0.0, -0.0)));
  }
};

struct I32 {
  using scalar = int32_t;
  using reg = __m128i;
  static constexpr int width = 4;
  static constexpr int registers = 8;

  static reg load(const int32_t* p) { return _mm_loadu_si128(reinterpret_cast<const __m128i*>(p)); }
  static void store(int32_t* p, reg a) { _mm_storeu_si128(reinterpret_cast<__m128i*>(p), a); }
  static reg add(reg a, reg b) { return _mm_add_epi32(a, b); }
  static reg sub(reg a, reg b) { return _mm_sub_epi32(a, b); }
  static reg negate(reg a) { return sub(_mm_setzero_si128(), a); }
  static reg shift_right(reg a, int shift) { return _mm_sra_epi32(a, _mm_cvtsi32_si128(shift)); }

  // (a ^ m) − m is −a where m is all ones.
  template <int stride>
  static reg butterfly(reg a) {
    const reg m = stride == 2 ? _mm_setr_epi32(0, 0, -1, -1) : _mm_setr_epi32(0, -1, 0, -1);
    const reg swapped = stride == 2 ? _mm_shuffle_epi32(a, 0x4E) : _mm_shuffle_epi32(a, 0xB1);
    return _mm_add_epi32(swapped, _mm_sub_epi32(_mm_xor_si128(a, m), m));
  }
};

}  // namespace
