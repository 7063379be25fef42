// AVX-512 lane by lane, for CPUs without it: what native/simd/avx512.h takes of it, as Intel's guide to the
// intrinsics describes it. It is included before targets/avx512.cc, which is compiled for AVX2 then, and says
// that AVX2 is all it needs.
#pragma once

#include <immintrin.h>

#include <cpuid.h>
#include <cmath>
#include <cstdint>
#include <cstring>

#include "../../../native/cpu.h"

namespace {
namespace emulated {

template <class Lane, int count>
struct Lanes {
  Lane at[count];
  Lane& operator[](int i) { return at[i]; }
};
using Floats = Lanes<float, 16>;
using Doubles = Lanes<double, 8>;
using Ints = Lanes<int32_t, 16>;
using Words = Lanes<uint32_t, 16>;
using Shorts = Lanes<uint16_t, 16>;
using Bytes = Lanes<int8_t, 16>;

template <class To, class From>
To as(const From& from) {
  static_assert(sizeof(To) == sizeof(From));
  To to;
  std::memcpy(&to, &from, sizeof to);
  return to;
}

template <class Result, class L, class F>
Result lanes(F value) {
  L result;
  for (int i = 0; i < static_cast<int>(sizeof result / sizeof result[0]); i++) result[i] = value(i);
  return as<Result>(result);
}

inline bool holds(float a, float b, int predicate) {
  switch (predicate) {
    case _CMP_NEQ_UQ:
      return !(a == b);
    case _CMP_GT_OQ:
      return a > b;
    case _CMP_NLT_UQ:
      return !(a < b);
    case _CMP_UNORD_Q:
      return std::isnan(a) || std::isnan(b);
    default:
      __builtin_trap();
  }
}

#define BINARY(name, To, L, From, value)                 \
  [[gnu::noinline]] To name(To a_, To b_) {              \
    From a = as<From>(a_), b = as<From>(b_);             \
    return lanes<To, L>([&](int i) { return (value); }); \
  }
#define TERNARY(name, To, L, value)                      \
  [[gnu::noinline]] To name(To a_, To b_, To c_) {       \
    L a = as<L>(a_), b = as<L>(b_), c = as<L>(c_);       \
    return lanes<To, L>([&](int i) { return (value); }); \
  }
// Lanes as they lie within blocks, of which the bits of `imm` choose.
#define CHOICE(name, To, L, value)                       \
  [[gnu::noinline]] To name(To a_, int imm) {            \
    L a = as<L>(a_);                                     \
    return lanes<To, L>([&](int i) { return (value); }); \
  }
#define BLOCKS(name, To, L, size)                                             \
  [[gnu::noinline]] To name(To a_, To b_, int imm) {                          \
    L a = as<L>(a_), b = as<L>(b_);                                           \
    return lanes<To, L>([&](int i) {                                          \
      const int block = i / size;                                             \
      return (block < 2 ? a : b)[(imm >> (2 * block) & 3) * size + i % size]; \
    });                                                                       \
  }

BINARY(add_ps, __m512, Floats, Floats, a[i] + b[i])
BINARY(sub_ps, __m512, Floats, Floats, a[i] - b[i])
BINARY(mul_ps, __m512, Floats, Floats, a[i] * b[i])
BINARY(max_ps, __m512, Floats, Floats, a[i] > b[i] ? a[i] : b[i])
BINARY(min_ps, __m512, Floats, Floats, a[i] < b[i] ? a[i] : b[i])
BINARY(and_ps, __m512, Words, Words, a[i] & b[i])
BINARY(xor_ps, __m512, Words, Words, a[i] ^ b[i])
BINARY(add_pd, __m512d, Doubles, Doubles, a[i] + b[i])
BINARY(sub_pd, __m512d, Doubles, Doubles, a[i] - b[i])
BINARY(mul_pd, __m512d, Doubles, Doubles, a[i] * b[i])
[[gnu::noinline]] __m512d xor_pd(__m512d a, __m512d b) {
  return as<__m512d>(xor_ps(as<__m512>(a), as<__m512>(b)));
}
BINARY(add_epi32, __m512i, Words, Words, a[i] + b[i])
BINARY(sub_epi32, __m512i, Words, Words, a[i] - b[i])
BINARY(and_si512, __m512i, Words, Words, a[i] & b[i])
TERNARY(fmadd_ps, __m512, Floats, std::fma(a[i], b[i], c[i]))
TERNARY(fnmadd_ps, __m512, Floats, std::fma(-a[i], b[i], c[i]))
TERNARY(fmadd_pd, __m512d, Doubles, std::fma(a[i], b[i], c[i]))
TERNARY(fnmadd_pd, __m512d, Doubles, std::fma(-a[i], b[i], c[i]))

CHOICE(permute_ps, __m512, Floats, a[i / 4 * 4 + (imm >> (2 * (i % 4)) & 3)])
CHOICE(permute_pd, __m512d, Doubles, a[i / 2 * 2 + (imm >> i & 1)])
CHOICE(shuffle_epi32, __m512i, Ints, a[i / 4 * 4 + (imm >> (2 * (i % 4)) & 3)])
CHOICE(slli_epi32, __m512i, Words, a[i] << imm)
CHOICE(srli_epi32, __m512i, Words, a[i] >> imm)
BLOCKS(shuffle_f32x4, __m512, Floats, 4)
BLOCKS(shuffle_i32x4, __m512i, Ints, 4)
BLOCKS(shuffle_f64x2, __m512d, Doubles, 2)

[[gnu::noinline]] __m512i sra_epi32(__m512i a_, __m128i count) {
  Ints a = as<Ints>(a_);
  const int by = _mm_cvtsi128_si32(count);
  return lanes<__m512i, Ints>([&](int i) { return a[i] >> by; });
}
[[gnu::noinline]] __m512 permutexvar_ps(__m512i index_, __m512 a_) {
  Words index = as<Words>(index_);
  Floats a = as<Floats>(a_);
  return lanes<__m512, Floats>([&](int i) { return a[index[i] & 15]; });
}
[[gnu::noinline]] __m512 permutex2var_ps(__m512 a_, __m512i index_, __m512 b_) {
  Words index = as<Words>(index_);
  Floats a = as<Floats>(a_), b = as<Floats>(b_);
  return lanes<__m512, Floats>([&](int i) { return (index[i] & 16 ? b : a)[index[i] & 15]; });
}

[[gnu::noinline]] __mmask16 cmp_ps_mask(__m512 a_, __m512 b_, int predicate) {
  Floats a = as<Floats>(a_), b = as<Floats>(b_);
  unsigned mask = 0;
  for (int i = 0; i < 16; i++) mask |= static_cast<unsigned>(holds(a[i], b[i], predicate)) << i;
  return static_cast<__mmask16>(mask);
}
[[gnu::noinline]] __m512 mask_mov_ps(__m512 other_, __mmask16 mask, __m512 a_) {
  Words other = as<Words>(other_), a = as<Words>(a_);
  return lanes<__m512, Words>([&](int i) { return mask >> i & 1 ? a[i] : other[i]; });
}
[[gnu::noinline]] __m512 maskz_mov_ps(__mmask16 mask, __m512 a) {
  return mask_mov_ps(as<__m512>(Words{}), mask, a);
}
[[gnu::noinline]] __m512 maskz_mul_ps(__mmask16 mask, __m512 a, __m512 b) {
  return maskz_mov_ps(mask, mul_ps(a, b));
}
[[gnu::noinline]] __m512 mask_xor_ps(__m512 other, __mmask16 mask, __m512 a, __m512 b) {
  return mask_mov_ps(other, mask, xor_ps(a, b));
}
[[gnu::noinline]] __m512i mask_sub_epi32(__m512i other, __mmask16 mask, __m512i a, __m512i b) {
  return as<__m512i>(mask_mov_ps(as<__m512>(other), mask, as<__m512>(sub_epi32(a, b))));
}

// Lanes that the mask leaves out are not touched in memory.
[[gnu::noinline]] __m512 maskz_loadu_ps(__mmask16 mask, const void* p) {
  const char* from = static_cast<const char*>(p);
  Words a{};
  for (int i = 0; i < 16; i++) {
    if (mask >> i & 1) std::memcpy(&a[i], from + 4 * i, 4);
  }
  return as<__m512>(a);
}
[[gnu::noinline]] void mask_storeu_ps(void* p, __mmask16 mask, __m512 a_) {
  char* to = static_cast<char*>(p);
  Words a = as<Words>(a_);
  for (int i = 0; i < 16; i++) {
    if (mask >> i & 1) std::memcpy(to + 4 * i, &a[i], 4);
  }
}

template <class V, class L, class T>
[[gnu::noinline]] V broadcast(T a) {
  return lanes<V, L>([&](int) { return a; });
}
template <class V, class T, class... Ts>
[[gnu::noinline]] V listed(Ts... values) {
  return as<V>(Lanes<T, sizeof...(values)>{{static_cast<T>(values)...}});
}

template <class V>
V loaded(const void* p) {
  V a;
  std::memcpy(&a, p, sizeof a);
  return a;
}
template <class V>
void stored(void* p, const V& a) {
  std::memcpy(p, &a, sizeof a);
}
[[gnu::noinline]] void streamed(float* p, __m512 a) {
  if (reinterpret_cast<uintptr_t>(p) % sizeof a != 0) __builtin_trap();
  stored(p, a);
}

[[gnu::noinline]] __m512 cvtph_ps(__m256i a_) {
  Shorts a = as<Shorts>(a_);
  return lanes<__m512, Floats>([&](int i) { return _cvtsh_ss(a[i]); });
}
[[gnu::noinline]] __m256i cvtps_ph(__m512 a_) {
  Floats a = as<Floats>(a_);
  return lanes<__m256i, Shorts>([&](int i) { return _cvtss_sh(a[i], _MM_FROUND_TO_NEAREST_INT); });
}
[[gnu::noinline]] __m512i cvtepu16_epi32(__m256i a_) {
  Shorts a = as<Shorts>(a_);
  return lanes<__m512i, Ints>([&](int i) { return a[i]; });
}
[[gnu::noinline]] __m512i cvtepi8_epi32(__m128i a_) {
  Bytes a = as<Bytes>(a_);
  return lanes<__m512i, Ints>([&](int i) { return a[i]; });
}
[[gnu::noinline]] __m512 cvtepi32_ps(__m512i a_) {
  Ints a = as<Ints>(a_);
  return lanes<__m512, Floats>([&](int i) { return static_cast<float>(a[i]); });
}
[[gnu::noinline]] __m256i cvtepi32_epi16(__m512i a_) {
  Words a = as<Words>(a_);
  return lanes<__m256i, Shorts>([&](int i) { return static_cast<uint16_t>(a[i]); });
}

}  // namespace emulated
}  // namespace

#undef BINARY
#undef TERNARY
#undef CHOICE
#undef BLOCKS

#undef _mm512_setr_pd
#undef _mm512_setr_ps
#define _mm512_add_epi32 emulated::add_epi32
#define _mm512_add_pd emulated::add_pd
#define _mm512_add_ps emulated::add_ps
#define _mm512_and_ps emulated::and_ps
#define _mm512_and_si512 emulated::and_si512
#define _mm512_castps_si512 emulated::as<__m512i>
#define _mm512_castsi512_ps emulated::as<__m512>
#define _mm512_cmp_ps_mask emulated::cmp_ps_mask
#define _mm512_cvtepi32_epi16 emulated::cvtepi32_epi16
#define _mm512_cvtepi32_ps emulated::cvtepi32_ps
#define _mm512_cvtepi8_epi32 emulated::cvtepi8_epi32
#define _mm512_cvtepu16_epi32 emulated::cvtepu16_epi32
#define _mm512_cvtph_ps emulated::cvtph_ps
#define _mm512_cvtps_ph(a, rounding) emulated::cvtps_ph(a)
#define _mm512_fmadd_pd emulated::fmadd_pd
#define _mm512_fmadd_ps emulated::fmadd_ps
#define _mm512_fnmadd_pd emulated::fnmadd_pd
#define _mm512_fnmadd_ps emulated::fnmadd_ps
#define _mm512_loadu_pd emulated::loaded<__m512d>
#define _mm512_loadu_ps emulated::loaded<__m512>
#define _mm512_loadu_si512 emulated::loaded<__m512i>
#define _mm512_mask_mov_ps emulated::mask_mov_ps
#define _mm512_mask_storeu_ps emulated::mask_storeu_ps
#define _mm512_mask_sub_epi32 emulated::mask_sub_epi32
#define _mm512_mask_xor_ps emulated::mask_xor_ps
#define _mm512_maskz_loadu_ps emulated::maskz_loadu_ps
#define _mm512_maskz_mov_ps emulated::maskz_mov_ps
#define _mm512_maskz_mul_ps emulated::maskz_mul_ps
#define _mm512_max_ps emulated::max_ps
#define _mm512_min_ps emulated::min_ps
#define _mm512_mul_pd emulated::mul_pd
#define _mm512_mul_ps emulated::mul_ps
#define _mm512_permute_pd emulated::permute_pd
#define _mm512_permute_ps emulated::permute_ps
#define _mm512_permutex2var_ps emulated::permutex2var_ps
#define _mm512_permutexvar_ps emulated::permutexvar_ps
#define _mm512_set1_epi32(a) emulated::broadcast<__m512i, emulated::Words>(a)
#define _mm512_set1_pd(a) emulated::broadcast<__m512d, emulated::Doubles>(a)
#define _mm512_set1_ps(a) emulated::broadcast<__m512, emulated::Floats>(a)
#define _mm512_setr_epi32 emulated::listed<__m512i, int32_t>
#define _mm512_setr_pd emulated::listed<__m512d, double>
#define _mm512_setr_ps emulated::listed<__m512, float>
#define _mm512_setzero_ps() emulated::broadcast<__m512, emulated::Words>(0)
#define _mm512_setzero_si512() emulated::broadcast<__m512i, emulated::Words>(0)
#define _mm512_shuffle_epi32 emulated::shuffle_epi32
#define _mm512_shuffle_f32x4 emulated::shuffle_f32x4
#define _mm512_shuffle_f64x2 emulated::shuffle_f64x2
#define _mm512_shuffle_i32x4 emulated::shuffle_i32x4
#define _mm512_slli_epi32 emulated::slli_epi32
#define _mm512_sra_epi32 emulated::sra_epi32
#define _mm512_srli_epi32 emulated::srli_epi32
#define _mm512_storeu_pd emulated::stored<__m512d>
#define _mm512_storeu_ps emulated::stored<__m512>
#define _mm512_storeu_si512 emulated::stored<__m512i>
#define _mm512_stream_ps emulated::streamed
#define _mm512_sub_epi32 emulated::sub_epi32
#define _mm512_sub_pd emulated::sub_pd
#define _mm512_sub_ps emulated::sub_ps
#define _mm512_xor_pd emulated::xor_pd
#define _mm512_xor_ps emulated::xor_ps

// Nothing here needs what the assembler is told of registers: the arithmetic is the same without.
#define asm(...) static_cast<void>(0)

#undef bit_AVX512F
#undef bit_AVX512DQ
#define bit_AVX512F bit_AVX2
#define bit_AVX512DQ bit_AVX2
#define kSaves512Bits kSaves256Bits
