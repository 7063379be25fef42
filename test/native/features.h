// Features of every type that the kernels of heads read.
#pragma once

#include <vector>

#include "arrays.h"
#include "groups.h"
#include "values.h"

namespace harness {

struct RandomFeatures {
  fixed_classifier::FeatureType type;
  std::vector<float> float32;  // the numbers of all types
  std::vector<uint16_t> halves;
  std::vector<int8_t> bytes;

  fixed_classifier::Features place(Arrays& arrays) const {
    using enum fixed_classifier::FeatureType;
    if (type == kFloat32) return place_float32(arrays);
    if (type == kInt8) return {arrays.in("x", bytes), type};
    return {arrays.in("x", halves), type};
  }
  fixed_classifier::Features place_float32(Arrays& arrays) const { return {arrays.in("x", float32)}; }
};

// Half of them have type float32. Decoding has tests of its own.
inline RandomFeatures random_features(Random& random, size_t rows, size_t length) {
  using enum fixed_classifier::FeatureType;
  const fixed_classifier::Kernels& kernels = *machine.scalar;
  const fixed_classifier::FeatureType types[] = {kFloat16, kBfloat16, kInt8};
  const size_t count = rows * length;
  RandomFeatures features{kFloat32, random_rows<float>(random, rows, length), {}, {}};
  if (random.chance(0.5)) return features;
  features.type = types[random.below(3)];
  if (features.type == kInt8) {
    // Rows of −128 alone have the largest sums.
    const bool extreme = random.chance(0.1);
    features.bytes.resize(count);
    for (int8_t& byte : features.bytes) byte = extreme ? -128 : static_cast<int8_t>(random.bits());
    kernels.decode_int8(features.bytes.data(), count, features.float32.data());
    return features;
  }
  const bool is_float16 = features.type == kFloat16;
  features.halves.resize(count);
  (is_float16 ? kernels.encode_float16 : kernels.encode_bfloat16)(features.float32.data(), count,
                                                                  features.halves.data());
  // Encoding makes one kind of NaN, and rarely denormals.
  const bool denormal = random.chance(0.1);
  const bool any = random.chance(0.1);
  for (uint16_t& half : features.halves) {
    if (denormal) half &= is_float16 ? 0x83FF : 0x807F;
    if (any) half = static_cast<uint16_t>(random.bits());
  }
  (is_float16 ? kernels.decode_float16 : kernels.decode_bfloat16)(features.halves.data(), count,
                                                                  features.float32.data());
  return features;
}

}  // namespace harness
