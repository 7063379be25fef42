// Compares features of other types with their formats, written out.
#include <cmath>

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

}  // namespace

void test_decode(Random& random) {
  decode(random, "decode_float16", &Kernels::decode_float16,
         [](uint16_t bits) { return small_float(bits, 5, 10); });
  decode(random, "decode_bfloat16", &Kernels::decode_bfloat16,
         [](uint16_t bits) { return small_float(bits, 8, 7); });
  decode(random, "decode_int8", &Kernels::decode_int8,
         [](int8_t value) { return static_cast<float>(value); });
}

}  // namespace harness
