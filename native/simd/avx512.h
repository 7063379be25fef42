// AVX-512F and DQ: 16 floats, 32 registers. The concept of a vector type is written down in simd/scalar.h.
#pragma once

#include <immintrin.h>

#include <cstdint>

namespace {

struct F32 {
  using scalar = float;
  using reg = __m512;
  static constexpr int width = 16;
  static constexpr int registers = 16;

  static constexpr bool overlaps_rows = true;
  static constexpr bool passes_ahead = true;
  static constexpr int fma_from = 4;
  // Differences go to the multiply pipes and leave the add pipes to the sums, so the compiler must not see
  // that this is 1.
  reg one = broadcast(1.0f);
  F32() { asm("" : "+v"(one)); }

  using words = __m512i;
  static words load_words(const uint32_t* p) { return _mm512_loadu_si512(p); }
  template <int bits>
  static words shift_right(words a) {
    return _mm512_srli_epi32(a, bits);
  }
  static constexpr int row_registers = 0;
  static constexpr int lanes_from = 0;
  static constexpr int rows_sharing = 8;
  static constexpr int groups_shared = 2;
  static constexpr int groups_alone = 8;
  template <class T>
  static void after(T& p, reg a) {
    asm("" : "+r"(p) : "v"(a));
  }
  struct NarrowTable {
    using field = words;
    reg entries;
    NarrowTable(const float* p, size_t) : entries(load(p)) {}
    static field field_of(words a, size_t) { return a; }
    reg pick(field a) const { return _mm512_permutexvar_ps(a, entries); }
  };
  struct WideTable {
    struct field {
      words index;
      reg sign;
    };
    reg low, high;
    WideTable(const float* p, size_t width) : low(load(p)), high(load(p + width / 32 * 16)) {}
    static field field_of(words a, size_t) {
      return {a, _mm512_and_ps(_mm512_castsi512_ps(_mm512_slli_epi32(a, 24)), broadcast(-0.0f))};
    }
    reg pick(const field& a) const {
      return _mm512_xor_ps(_mm512_permutex2var_ps(low, a.index, high), a.sign);
    }
  };

  static constexpr int exp_registers = 6;
  static void keep_place(reg& a) { asm("" : "+v"(a)); }
  static void zero_upper() { _mm256_zeroupper(); }
  static reg load(const float* p) { return _mm512_loadu_ps(p); }
  static constexpr bool converts_quickly = true;
  static reg load_float16(const uint16_t* p) { return _mm512_cvtph_ps(load_half(p)); }
  static reg load_bfloat16(const uint16_t* p) {
    return _mm512_castsi512_ps(_mm512_slli_epi32(_mm512_cvtepu16_epi32(load_half(p)), 16));
  }
  static reg load_int8(const int8_t* p) {
    return _mm512_cvtepi32_ps(_mm512_cvtepi8_epi32(_mm_loadu_si128(reinterpret_cast<const __m128i*>(p))));
  }
  static void store(float* p, reg a) { _mm512_storeu_ps(p, a); }
  static void stream(float* p, reg a) { _mm512_stream_ps(p, a); }
  static void fence() { _mm_sfence(); }
  struct Joint {
    words index;
    explicit Joint(size_t behind)
        : index(_mm512_add_epi32(_mm512_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15),
                                 _mm512_set1_epi32(width - static_cast<int>(behind)))) {}
    reg operator()(reg before, reg a) const { return _mm512_permutex2var_ps(before, index, a); }
  };
  static void store_float16(uint16_t* p, reg a) {
    store_half(p, _mm512_cvtps_ph(one_nan(a), _MM_FROUND_TO_NEAREST_INT));
  }
  static void store_bfloat16(uint16_t* p, reg a) {
    const __m512i bits = _mm512_castps_si512(one_nan(a));
    const __m512i odd = _mm512_and_si512(_mm512_srli_epi32(bits, 16), _mm512_set1_epi32(1));
    const __m512i half = _mm512_add_epi32(odd, _mm512_set1_epi32(0x7FFF));
    // The lower half of a NaN is zero: it stays as it is.
    store_half(p, _mm512_cvtepi32_epi16(_mm512_srli_epi32(_mm512_add_epi32(bits, half), 16)));
  }
  static reg broadcast(float a) { return _mm512_set1_ps(a); }
  static reg add(reg a, reg b) { return _mm512_add_ps(a, b); }
  static reg mul(reg a, reg b) { return _mm512_mul_ps(a, b); }
  static reg product_or_zero(reg t, reg z) {
    return _mm512_maskz_mul_ps(_mm512_cmp_ps_mask(t, _mm512_setzero_ps(), _CMP_NEQ_UQ), t, z);
  }
  reg sub_by_fma(reg a, reg b) const { return _mm512_fnmadd_ps(b, one, a); }
  static reg sub(reg a, reg b) { return _mm512_sub_ps(a, b); }
  static reg add_product(reg a, reg b, reg c) { return _mm512_fmadd_ps(b, c, a); }
  static reg sub_product(reg a, reg b, reg c) { return _mm512_fnmadd_ps(b, c, a); }
  static reg negate(reg a) { return _mm512_xor_ps(a, broadcast(-0.0f)); }
  static reg max(reg z, reg m) { return _mm512_max_ps(z, m); }
  static reg min(reg z, reg m) { return _mm512_min_ps(z, m); }
  static uint32_t greater_mask(reg a, reg b) { return _mm512_cmp_ps_mask(a, b, _CMP_GT_OQ); }
  static reg load_part(const float* p, int from, int to) { return _mm512_maskz_loadu_ps(part(from, to), p); }
  static void store_part(float* p, reg a, int from, int to) { _mm512_mask_storeu_ps(p, part(from, to), a); }
  static reg select_part(reg a, reg other, int from, int to) {
    return _mm512_mask_mov_ps(other, part(from, to), a);
  }
  static reg flip_signs(reg a, const uint32_t* mask, size_t i) {
    const __mmask16 bits = static_cast<__mmask16>(mask[i / 32] >> (i % 32));
    return _mm512_mask_xor_ps(a, bits, a, broadcast(-0.0f));
  }
  static reg zero_below(reg t, float limit, reg a) {
    return _mm512_maskz_mov_ps(_mm512_cmp_ps_mask(t, broadcast(limit), _CMP_NLT_UQ), a);
  }
  static reg power_of_two(reg m) {
    return _mm512_castsi512_ps(
        _mm512_slli_epi32(_mm512_add_epi32(_mm512_castps_si512(m), _mm512_set1_epi32(127)), 23));
  }
  static reg exponent(reg m) { return _mm512_castsi512_ps(_mm512_slli_epi32(_mm512_castps_si512(m), 23)); }
  static reg add_exponent(reg q, reg e) {
    return _mm512_castsi512_ps(_mm512_add_epi32(_mm512_castps_si512(q), _mm512_castps_si512(e)));
  }

  template <int stride>
  static reg swap(reg a) {
    if constexpr (stride == 8) return _mm512_shuffle_f32x4(a, a, 0x4E);
    if constexpr (stride == 4) return _mm512_shuffle_f32x4(a, a, 0xB1);
    if constexpr (stride == 2) return _mm512_permute_ps(a, 0x4E);
    if constexpr (stride == 1) return _mm512_permute_ps(a, 0xB1);
  }
  template <int stride>
  static reg blend(reg a, reg b) {
    constexpr int upper = stride == 8 ? 0xFF00 : stride == 4 ? 0xF0F0 : stride == 2 ? 0xCCCC : 0xAAAA;
    return _mm512_mask_mov_ps(a, upper, b);
  }
  template <int stride>
  static reg signs() {
    if constexpr (stride == 8) return _mm512_setr_ps(1, 1, 1, 1, 1, 1, 1, 1, -1, -1, -1, -1, -1, -1, -1, -1);
    if constexpr (stride == 4) return _mm512_setr_ps(1, 1, 1, 1, -1, -1, -1, -1, 1, 1, 1, 1, -1, -1, -1, -1);
    if constexpr (stride == 2) return _mm512_setr_ps(1, 1, -1, -1, 1, 1, -1, -1, 1, 1, -1, -1, 1, 1, -1, -1);
    if constexpr (stride == 1) return _mm512_setr_ps(1, -1, 1, -1, 1, -1, 1, -1, 1, -1, 1, -1, 1, -1, 1, -1);
  }
  template <int stride>
  static reg butterfly(reg a) {
    return _mm512_fmadd_ps(a, signs<stride>(), swap<stride>(a));
  }

 private:
  static __m256i load_half(const uint16_t* p) {
    return _mm256_loadu_si256(reinterpret_cast<const __m256i*>(p));
  }
  static void store_half(uint16_t* p, __m256i a) { _mm256_storeu_si256(reinterpret_cast<__m256i*>(p), a); }
  // Makes every NaN the same one, a quiet one.
  static reg one_nan(reg a) {
    const __m512 nan = _mm512_castsi512_ps(_mm512_set1_epi32(0x7FC00000));
    return _mm512_mask_mov_ps(a, _mm512_cmp_ps_mask(a, a, _CMP_UNORD_Q), nan);
  }
  static __mmask16 part(int from, int to) { return static_cast<__mmask16>((1u << to) - (1u << from)); }
};

struct F64 {
  using scalar = double;
  using reg = __m512d;
  static constexpr int width = 8;
  static constexpr int registers = 16;

  static constexpr bool overlaps_rows = true;
  static constexpr bool passes_ahead = true;
  static constexpr int fma_from = 4;
  reg one = broadcast(1.0);
  F64() { asm("" : "+v"(one)); }

  static reg load(const double* p) { return _mm512_loadu_pd(p); }
  static void store(double* p, reg a) { _mm512_storeu_pd(p, a); }
  static reg broadcast(double a) { return _mm512_set1_pd(a); }
  static reg add(reg a, reg b) { return _mm512_add_pd(a, b); }
  static reg mul(reg a, reg b) { return _mm512_mul_pd(a, b); }
  reg sub_by_fma(reg a, reg b) const { return _mm512_fnmadd_pd(b, one, a); }
  static reg sub(reg a, reg b) { return _mm512_sub_pd(a, b); }
  static reg negate(reg a) { return _mm512_xor_pd(a, broadcast(-0.0)); }

  template <int stride>
  static reg butterfly(reg a) {
    if constexpr (stride == 4)
      return _mm512_fmadd_pd(a, _mm512_setr_pd(1, 1, 1, 1, -1, -1, -1, -1), _mm512_shuffle_f64x2(a, a, 0x4E));
    if constexpr (stride == 2)
      return _mm512_fmadd_pd(a, _mm512_setr_pd(1, 1, -1, -1, 1, 1, -1, -1), _mm512_shuffle_f64x2(a, a, 0xB1));
    if constexpr (stride == 1)
      return _mm512_fmadd_pd(a, _mm512_setr_pd(1, -1, 1, -1, 1, -1, 1, -1), _mm512_permute_pd(a, 0x55));
  }
};

struct I32 {
  using scalar = int32_t;
  using reg = __m512i;
  static constexpr int width = 16;
  static constexpr int registers = 16;
  static constexpr bool overlaps_rows = true;
  static constexpr bool passes_ahead = true;

  static reg load(const int32_t* p) { return _mm512_loadu_si512(p); }
  static void store(int32_t* p, reg a) { _mm512_storeu_si512(p, a); }
  static reg add(reg a, reg b) { return _mm512_add_epi32(a, b); }
  static reg sub(reg a, reg b) { return _mm512_sub_epi32(a, b); }
  static reg negate(reg a) { return sub(_mm512_setzero_si512(), a); }
  static reg shift_right(reg a, int shift) { return _mm512_sra_epi32(a, _mm_cvtsi32_si128(shift)); }

  template <int stride>
  static reg butterfly(reg a) {
    reg swapped;
    __mmask16 upper;
    if constexpr (stride == 8) {
      swapped = _mm512_shuffle_i32x4(a, a, 0x4E);
      upper = 0xFF00;
    } else if constexpr (stride == 4) {
      swapped = _mm512_shuffle_i32x4(a, a, 0xB1);
      upper = 0xF0F0;
    } else if constexpr (stride == 2) {
      swapped = _mm512_shuffle_epi32(a, _MM_PERM_BADC);
      upper = 0xCCCC;
    } else {
      swapped = _mm512_shuffle_epi32(a, _MM_PERM_CDAB);
      upper = 0xAAAA;
    }
    return _mm512_mask_sub_epi32(_mm512_add_epi32(swapped, a), upper, swapped, a);
  }

 private:
  static __m256i load_half(const int32_t* p) {
    return _mm256_loadu_si256(reinterpret_cast<const __m256i*>(p));
  }
};

}  // namespace
