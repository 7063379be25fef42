// Rounds float32 to smaller types: docs/numerics.md, "The transform: arrays of 16 bits".
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>

namespace {

struct ToFloat16 {
  static void store(uint16_t* p, F32::reg a) { F32::store_float16(p, a); }
};

struct ToBFloat16 {
  static void store(uint16_t* p, F32::reg a) { F32::store_bfloat16(p, a); }
};

template <class Type>
void encode(const float* x, size_t count, uint16_t* out) {
  size_t i = 0;
  for (; i + F32::width <= count; i += F32::width) Type::store(out + i, F32::load(x + i));
  if (i == count) return;
  uint16_t rest[F32::width];
  Type::store(rest, F32::load_part(x + i, 0, static_cast<int>(count - i)));
  std::memcpy(out + i, rest, (count - i) * sizeof *out);
}

}  // namespace
