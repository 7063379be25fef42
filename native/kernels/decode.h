// Turns features of other types into float32.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>

namespace {

struct Float16 {
  using bits = uint16_t;
  static F32::reg load(const bits* p) { return F32::load_float16(p); }
};

struct BFloat16 {
  using bits = uint16_t;
  static F32::reg load(const bits* p) { return F32::load_bfloat16(p); }
};

struct Int8 {
  using bits = int8_t;
  static F32::reg load(const bits* p) { return F32::load_int8(p); }
};

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
