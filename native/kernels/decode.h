// Turns features of other types into float32.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>

#include "table.h"

namespace {

using fixed_classifier::FeatureType;

// What a type of features is: how its numbers are stored, how a register of them is loaded, and whether the
// square of each is a float32, so that a sum of squares has the same bits where it is rounded once a term.

struct Float32 {
  using bits = float;
  static constexpr bool has_exact_squares = false;
  static F32::reg load(const bits* p) { return F32::load(p); }
};

struct Float16 {
  using bits = uint16_t;
  static constexpr bool has_exact_squares = true;
  static F32::reg load(const bits* p) { return F32::load_float16(p); }
};

// Squares of the smallest numbers are below those of float32.
struct BFloat16 {
  using bits = uint16_t;
  static constexpr bool has_exact_squares = false;
  static F32::reg load(const bits* p) { return F32::load_bfloat16(p); }
};

struct Int8 {
  using bits = int8_t;
  static constexpr bool has_exact_squares = true;
  static F32::reg load(const bits* p) { return F32::load_int8(p); }
};

// Whether a pass over features of other types converts them itself. Where that takes many steps, it would be
// much code for little.
template <class V>
constexpr bool kReadsAllTypes = requires { V::converts_quickly; };

// Calls use(type) with the one of these that a type of features is.
template <class Use>
[[gnu::always_inline]] inline auto with_type(FeatureType type, const Use& use) {
  switch (type) {
    case FeatureType::kFloat16:
      return use(Float16{});
    case FeatureType::kBfloat16:
      return use(BFloat16{});
    case FeatureType::kInt8:
      return use(Int8{});
    default:
      return use(Float32{});
  }
}

template <class Type>
void decode(const typename Type::bits* x, size_t count, float* out) {
  size_t i = 0;
  for (; i + F32::width <= count; i += F32::width) F32::store(out + i, Type::load(x + i));
  if (i == count) return;
  typename Type::bits rest[F32::width] = {};
  std::memcpy(rest, x + i, (count - i) * sizeof *x);
  F32::store_part(out + i, Type::load(rest), 0, static_cast<int>(count - i));
}

}  // namespace
