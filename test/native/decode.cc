// Compares features of other types with their formats, written out.
#include <cmath>
#include <cstring>

#include "arrays.h"
#include "groups.h"

namespace harness {

using fixed_classifier::Kernels;

namespace {

// Returns the number that 16 bits are in the manner of IEEE 754.
float small_float(uint16_t bits, int exponent_bits, int fraction_bits) {
  const int top = (1 << exponent_bits) - 1;
  const int exponent = (bits >> fraction_bits) & top;
  const int fraction = bits & ((1 << fraction_bits) - 1);
  const double sign = (bits & 0x8000) ? -1 : 1;
  if (exponent == top) return static_cast<float>(sign * (fraction ? NAN : INFINITY));
  const int implied = exponent ? 1 << fraction_bits : 0;
  const int power = (exponent ? exponent : 1) - top / 2 - fraction_bits;
  return static_cast<float>(std::ldexp(sign * (implied + fraction), power));
}

template <class T, class Definition>
void decode(Random& random, const char* name, void (*Kernels::*kernel)(const T*, size_t, float*),
            const Definition& definition) {
  context.operation = name;
  const size_t count = random.small_up_to(1000);
  std::vector<T> x(count);
  for (T& value : x) value = static_cast<T>(random.bits());

  Arrays model(random);
  float* out = model.out<float>("out", count);
  for (size_t i = 0; i < count; i++) out[i] = definition(x[i]);
  expect_everywhere(model.results(), [&](const Kernels& kernels) {
    Arrays arrays(random);
    const T* placed = arrays.in("x", x);
    (kernels.*kernel)(placed, count, arrays.out<float>("out", count));
    return arrays.results();
  });
}

// Returns the bits of the value nearest to a number, the even ones of two: a search among all values.
uint16_t nearest_small_float(float number, int exponent_bits, int fraction_bits) {
  const uint16_t infinity = static_cast<uint16_t>(((1 << exponent_bits) - 1) << fraction_bits);
  if (std::isnan(number)) return infinity | 1 << (fraction_bits - 1);
  const auto value = [&](int bits) -> double {
    // What would follow the largest finite value stands for infinity.
    if (bits == infinity) return std::ldexp(1, 1 << (exponent_bits - 1));
    return small_float(static_cast<uint16_t>(bits), exponent_bits, fraction_bits);
  };
  const double magnitude = std::fabs(number);
  int low = 0;
  int high = infinity;
  while (high - low > 1) {
    const int middle = (low + high) / 2;
    (value(middle) <= magnitude ? low : high) = middle;
  }
  const double below = magnitude - value(low);
  const double above = value(high) - magnitude;
  const int bits = below < above || (below == above && low % 2 == 0) ? low : high;
  return static_cast<uint16_t>(bits | (std::signbit(number) ? 0x8000 : 0));
}

// Returns any float32, or one that is a value, a middle of two or their neighbour.
float critical_number(Random& random, int exponent_bits, int fraction_bits) {
  uint32_t bits = static_cast<uint32_t>(random.bits());
  float number;
  if (random.chance(0.5)) {
    const auto below = static_cast<uint16_t>(bits % (1 << (exponent_bits + fraction_bits)));
    const double value = small_float(below, exponent_bits, fraction_bits);
    const double next = small_float(static_cast<uint16_t>(below + 1), exponent_bits, fraction_bits);
    number = static_cast<float>(random.chance(0.5) ? value : (value + next) / 2);
    memcpy(&bits, &number, sizeof bits);
    bits += static_cast<uint32_t>(random.below(3)) - 1;
    bits ^= random.chance(0.5) ? 0x80000000 : 0;
  }
  memcpy(&number, &bits, sizeof number);
  return number;
}

void encode(Random& random, const char* name, void (*Kernels::*kernel)(const float*, size_t, uint16_t*),
            int exponent_bits, int fraction_bits) {
  context.operation = name;
  const size_t count = random.small_up_to(1000);
  std::vector<float> x(count);
  for (float& value : x) value = critical_number(random, exponent_bits, fraction_bits);

  Arrays model(random);
  uint16_t* out = model.out<uint16_t>("out", count);
  for (size_t i = 0; i < count; i++) out[i] = nearest_small_float(x[i], exponent_bits, fraction_bits);
  expect_everywhere(model.results(), [&](const Kernels& kernels) {
    Arrays arrays(random);
    const float* placed = arrays.in("x", x);
    (kernels.*kernel)(placed, count, arrays.out<uint16_t>("out", count));
    return arrays.results();
  });
}

}  // namespace

void test_decode(Random& random) {
  decode(random, "decode_float16", &Kernels::decode_float16,
         [](uint16_t bits) { return small_float(bits, 5, 10); });
  decode(random, "decode_bfloat16", &Kernels::decode_bfloat16,
         [](uint16_t bits) { return small_float(bits, 8, 7); });
  decode(random, "decode_int8", &Kernels::decode_int8,
         [](int8_t value) { return static_cast<float>(value); });
  encode(random, "encode_float16", &Kernels::encode_float16, 5, 10);
  encode(random, "encode_bfloat16", &Kernels::encode_bfloat16, 8, 7);
}

}  // namespace harness
