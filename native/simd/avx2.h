// AVX2 with FMA and F16C: 8 floats, 16 registers. The concept of a vector type is written down in
// simd/scalar.h.
#pragma once

#include <immintrin.h>

#include <cstdint>

namespace {

struct F32 {
  using scalar = float;
  using reg = __m256;
  static constexpr int width = 8;
  static constexpr int registers = 8;

  // Differences go to the multiply pipes and leave the add pipes to the sums, so the compiler must not see
  // that this is 1. On Zen 3 a multiply-add takes turns with additions and stores for the ports that read
  // registers: a pass of eight registers takes 1.7 cycles for each with all differences by it, 1.55 with
  // none, and 1.32 with those of one stage.
  static constexpr int fma_from = 4;
  static constexpr bool overlaps_rows = true;
  static void load_once(reg& a) { asm volatile("" : "+x"(a)); }
  reg one = broadcast(1.0f);
  F32() { asm("" : "+x"(one)); }

  using words = __m256i;
  static words load_words(const uint32_t* p) {
    return _mm256_loadu_si256(reinterpret_cast<const __m256i*>(p));
  }
  template <int bits>
  static words shift_right(words a) {
    return _mm256_srli_epi32(a, bits);
  }
  static constexpr int row_registers = 2;
  static constexpr int lanes_from = 3;
  static constexpr int rows_sharing = 1;
  static constexpr int groups_shared = 1;
  static constexpr int groups_alone = 2;
  template <class T>
  static void after(T& p, reg a) {
    asm("" : "+r"(p) : "x"(a));
  }
  struct NarrowTable {
    struct field {
      words index;
      reg sign;
    };
    reg entries;
    NarrowTable(const float* p, size_t) : entries(load(p)) {}
    static field field_of(words a, size_t) { return {a, sign_at<3>(a)}; }
    reg pick(const field& a) const {
      return _mm256_xor_ps(_mm256_permutevar8x32_ps(entries, a.index), a.sign);
    }
  };
  // A permutation within halves takes a quarter of the time.
  struct ShortTable {
    using field = NarrowTable::field;
    reg entries;
    ShortTable(const float* p, size_t) : entries(_mm256_broadcast_ps(reinterpret_cast<const __m128*>(p))) {}
    static field field_of(words a, size_t width) { return NarrowTable::field_of(a, width); }
    reg pick(const field& a) const { return _mm256_xor_ps(_mm256_permutevar_ps(entries, a.index), a.sign); }
  };
  struct WideTable {
    using field = NarrowTable::field;
    const float* entries;
    WideTable(const float* p, size_t) : entries(p) {}
    static field field_of(words a, size_t width) {
      return {_mm256_and_si256(a, _mm256_set1_epi32(static_cast<int>(width - 1))), sign_at<7>(a)};
    }
    reg pick(const field& a) const { return _mm256_xor_ps(_mm256_i32gather_ps(entries, a.index, 4), a.sign); }
  };
  // −0 where a bit is set, otherwise 0.
  template <int bit>
  static reg sign_at(words a) {
    return _mm256_and_ps(_mm256_castsi256_ps(_mm256_slli_epi32(a, 31 - bit)), broadcast(-0.0f));
  }

  static constexpr int exp_registers = 5;
  static void keep_place(reg& a) { asm("" : "+x"(a)); }
  static void put_aside(reg& place, reg a) { asm("vmovaps %1, %0" : "=m"(place) : "x"(a)); }
  static void zero_upper() { _mm256_zeroupper(); }
  static reg load(const float* p) { return _mm256_loadu_ps(p); }
  static constexpr bool converts_quickly = true;
  static reg load_float16(const uint16_t* p) { return _mm256_cvtph_ps(load_half(p)); }
  static reg load_bfloat16(const uint16_t* p) {
    // Loaded twice, the halves need one step to their places; to widen and to shift are two on the same
    // pipes.
    const __m256i twice = _mm256_broadcastsi128_si256(load_half(p));
    return _mm256_castsi256_ps(_mm256_shuffle_epi8(
        twice, _mm256_setr_epi8(-1, -1, 0, 1, -1, -1, 2, 3, -1, -1, 4, 5, -1, -1, 6, 7, -1, -1, 8, 9, -1, -1,
                                10, 11, -1, -1, 12, 13, -1, -1, 14, 15)));
  }
  static reg load_int8(const int8_t* p) {
    return _mm256_cvtepi32_ps(_mm256_cvtepi8_epi32(_mm_loadl_epi64(reinterpret_cast<const __m128i*>(p))));
  }
  static void store(float* p, reg a) { _mm256_storeu_ps(p, a); }
  static void store_float16(uint16_t* p, reg a) {
    store_half(p, _mm256_cvtps_ph(one_nan(a), _MM_FROUND_TO_NEAREST_INT));
  }
  static void store_bfloat16(uint16_t* p, reg a) {
    const __m256i bits = _mm256_castps_si256(one_nan(a));
    const __m256i odd = _mm256_and_si256(_mm256_srli_epi32(bits, 16), _mm256_set1_epi32(1));
    const __m256i half = _mm256_add_epi32(odd, _mm256_set1_epi32(0x7FFF));
    // The lower half of a NaN is zero: it stays as it is.
    const __m256i rounded = _mm256_srli_epi32(_mm256_add_epi32(bits, half), 16);
    store_half(p, _mm_packus_epi32(_mm256_castsi256_si128(rounded), _mm256_extracti128_si256(rounded, 1)));
  }
  static reg broadcast(float a) { return _mm256_set1_ps(a); }
  static reg add(reg a, reg b) { return _mm256_add_ps(a, b); }
  static reg mul(reg a, reg b) { return _mm256_mul_ps(a, b); }
  static reg product_or_zero(reg t, reg z) {
    return _mm256_and_ps(_mm256_cmp_ps(t, _mm256_setzero_ps(), _CMP_NEQ_UQ), _mm256_mul_ps(t, z));
  }
  reg sub_by_fma(reg a, reg b) const { return _mm256_fnmadd_ps(b, one, a); }
  static reg sub(reg a, reg b) { return _mm256_sub_ps(a, b); }
  static reg add_product(reg a, reg b, reg c) { return _mm256_fmadd_ps(b, c, a); }
  static reg sub_product(reg a, reg b, reg c) { return _mm256_fnmadd_ps(b, c, a); }
  static reg negate(reg a) { return _mm256_xor_ps(a, broadcast(-0.0f)); }
  static reg max(reg z, reg m) { return _mm256_max_ps(z, m); }
  static reg min(reg z, reg m) { return _mm256_min_ps(z, m); }
  static uint32_t greater_mask(reg a, reg b) {
    return static_cast<uint32_t>(_mm256_movemask_ps(_mm256_cmp_ps(a, b, _CMP_GT_OQ)));
  }
  static reg load_part(const float* p, int from, int to) { return _mm256_maskload_ps(p, part(from, to)); }
  static reg select_part(reg a, reg other, int from, int to) {
    return _mm256_blendv_ps(other, a, _mm256_castsi256_ps(part(from, to)));
  }
  // It stores pieces of 4, 2 and 1: the masked store is microcode on AMD.
  [[gnu::always_inline]] static void store_part(float* p, reg a, int from, int to) {
    a = _mm256_permutevar8x32_ps(a, _mm256_add_epi32(lanes(), _mm256_set1_epi32(from)));
    p += from;
    const int count = to - from;
    if (count == width) return store(p, a);
    __m128 rest = _mm256_castps256_ps128(a);
    if (count & 4) {
      _mm_storeu_ps(p, rest);
      rest = _mm256_extractf128_ps(a, 1);
      p += 4;
    }
    if (count & 2) {
      _mm_storel_pi(reinterpret_cast<__m64*>(p), rest);
      rest = _mm_movehl_ps(rest, rest);
      p += 2;
    }
    if (count & 1) _mm_store_ss(p, rest);
  }
  static reg flip_signs(reg a, const uint32_t* mask, size_t i) {
    // A register is a byte of the mask, and broadcasting a byte leaves it at the bottom of every element.
    const __m256i bits = _mm256_set1_epi8(reinterpret_cast<const char*>(mask)[i / 8]);
    const __m256i top = _mm256_sllv_epi32(bits, _mm256_setr_epi32(31, 30, 29, 28, 27, 26, 25, 24));
    return _mm256_xor_ps(a, _mm256_and_ps(_mm256_castsi256_ps(top), broadcast(-0.0f)));
  }
  static reg zero_below(reg t, float limit, reg a) {
    return _mm256_and_ps(_mm256_cmp_ps(t, broadcast(limit), _CMP_NLT_UQ), a);
  }
  static reg power_of_two(reg m) {
    return _mm256_castsi256_ps(
        _mm256_slli_epi32(_mm256_add_epi32(_mm256_castps_si256(m), _mm256_set1_epi32(127)), 23));
  }
  static reg exponent(reg m) { return _mm256_castsi256_ps(_mm256_slli_epi32(_mm256_castps_si256(m), 23)); }
  static reg add_exponent(reg q, reg e) {
    return _mm256_castsi256_ps(_mm256_add_epi32(_mm256_castps_si256(q), _mm256_castps_si256(e)));
  }

  template <int stride>
  static reg swap(reg a) {
    if constexpr (stride == 4) return _mm256_permute2f128_ps(a, a, 1);
    if constexpr (stride == 2) return _mm256_permute_ps(a, 0x4E);
    if constexpr (stride == 1) return _mm256_permute_ps(a, 0xB1);
  }
  template <int stride>
  static reg blend(reg a, reg b) {
    return _mm256_blend_ps(a, b, stride == 4 ? 0xF0 : stride == 2 ? 0xCC : 0xAA);
  }
  template <int stride>
  static reg butterfly(reg a) {
    // The signs stay in memory: compilers would give them registers, which rows need.
    asm("vfmadd132ps %2, %1, %0" : "+x"(a) : "x"(swap<stride>(a)), "m"(signs<stride>));
    return a;
  }

 private:
  template <int i, int stride>
  static constexpr float sign = i & stride ? -1 : 1;
  template <int stride>
  alignas(32) static constexpr float signs[8] = {sign<0, stride>, sign<1, stride>, sign<2, stride>,
                                                 sign<3, stride>, sign<4, stride>, sign<5, stride>,
                                                 sign<6, stride>, sign<7, stride>};
  static __m256i lanes() { return _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7); }
  static __m256i part(int from, int to) {
    return _mm256_andnot_si256(_mm256_cmpgt_epi32(_mm256_set1_epi32(from), lanes()),
                               _mm256_cmpgt_epi32(_mm256_set1_epi32(to), lanes()));
  }
  static void store_half(uint16_t* p, __m128i a) { _mm_storeu_si128(reinterpret_cast<__m128i*>(p), a); }
  // Makes every NaN the same one, a quiet one.
  static reg one_nan(reg a) {
    const __m256 nan = _mm256_castsi256_ps(_mm256_set1_epi32(0x7FC00000));
    return _mm256_blendv_ps(a, nan, _mm256_cmp_ps(a, a, _CMP_UNORD_Q));
  }
  static __m128i load_half(const uint16_t* p) { return _mm_loadu_si128(reinterpret_cast<const __m128i*>(p)); }
};

struct F64 {
  using scalar = double;
  using reg = __m256d;
  static constexpr int width = 4;
  static constexpr int registers = 8;

  static constexpr int fma_from = 4;
  static constexpr bool overlaps_rows = true;
  static void load_once(reg& a) { asm volatile("" : "+x"(a)); }
  reg one = broadcast(1.0);
  F64() { asm("" : "+x"(one)); }

  static reg load(const double* p) { return _mm256_loadu_pd(p); }
  static void store(double* p, reg a) { _mm256_storeu_pd(p, a); }
  static reg broadcast(double a) { return _mm256_set1_pd(a); }
  static reg add(reg a, reg b) { return _mm256_add_pd(a, b); }
  static reg mul(reg a, reg b) { return _mm256_mul_pd(a, b); }
  reg sub_by_fma(reg a, reg b) const { return _mm256_fnmadd_pd(b, one, a); }
  static reg sub(reg a, reg b) { return _mm256_sub_pd(a, b); }
  static reg negate(reg a) { return _mm256_xor_pd(a, broadcast(-0.0)); }

  template <int stride>
  static reg butterfly(reg a) {
    if constexpr (stride == 2)
      return _mm256_fmadd_pd(a, _mm256_setr_pd(1, 1, -1, -1), _mm256_permute2f128_pd(a, a, 1));
    if constexpr (stride == 1)
      return _mm256_fmadd_pd(a, _mm256_setr_pd(1, -1, 1, -1), _mm256_permute_pd(a, 0x5));
  }
};

struct I32 {
  using scalar = int32_t;
  using reg = __m256i;
  static constexpr int width = 8;
  static constexpr int registers = 8;
  static constexpr bool overlaps_rows = true;
  static void load_once(reg& a) { asm volatile("" : "+x"(a)); }

  static reg load(const int32_t* p) { return _mm256_loadu_si256(reinterpret_cast<const __m256i*>(p)); }
  static void store(int32_t* p, reg a) { _mm256_storeu_si256(reinterpret_cast<__m256i*>(p), a); }
  static reg add(reg a, reg b) { return _mm256_add_epi32(a, b); }
  static reg sub(reg a, reg b) { return _mm256_sub_epi32(a, b); }
  static reg negate(reg a) { return sub(_mm256_setzero_si256(), a); }
  static reg shift_right(reg a, int shift) { return _mm256_sra_epi32(a, _mm_cvtsi32_si128(shift)); }

  // Does each stage across both registers, after their elements have changed places: then it needs no signs.
  [[gnu::always_inline]] static void last_two_stages(reg& a, reg& b) {
    interleave(a, b);
    across(a, b);
    interleave(a, b);
    across(a, b);
    interleave(a, b);
  }

  // The lower half of a pair gets partner + a, the upper half partner − a.
  template <int stride>
  static reg butterfly(reg a) {
    if constexpr (stride == 4)
      return _mm256_add_epi32(_mm256_permute2x128_si256(a, a, 1),
                              _mm256_sign_epi32(a, _mm256_setr_epi32(1, 1, 1, 1, -1, -1, -1, -1)));
    if constexpr (stride == 2)
      return _mm256_add_epi32(_mm256_shuffle_epi32(a, 0x4E),
                              _mm256_sign_epi32(a, _mm256_setr_epi32(1, 1, -1, -1, 1, 1, -1, -1)));
    if constexpr (stride == 1)
      return _mm256_add_epi32(_mm256_shuffle_epi32(a, 0xB1),
                              _mm256_sign_epi32(a, _mm256_setr_epi32(1, -1, 1, -1, 1, -1, 1, -1)));
  }

 private:
  [[gnu::always_inline]] static void interleave(reg& a, reg& b) {
    const reg low = _mm256_unpacklo_epi32(a, b);
    b = _mm256_unpackhi_epi32(a, b);
    a = low;
  }
  [[gnu::always_inline]] static void across(reg& a, reg& b) {
    const reg sum = add(a, b);
    b = sub(a, b);
    a = sum;
  }
};

}  // namespace
