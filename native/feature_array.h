// Arrays of features as JavaScript passes them.
#pragma once

#include <cstddef>
#include <cstdint>

#include "arguments.h"
#include "kernels/table.h"

namespace fixed_classifier {

// Features of any type that the kernels take. Those of bfloat16 come as an Int16Array, to tell them from
// those of float16, which come as a Uint16Array.
struct FeatureArray {
  const char* data = nullptr;
  size_t length = 0;
  size_t bytes_each = sizeof(float);
  FeatureType type = FeatureType::kFloat32;

  Features from(size_t element) const { return {data + element * bytes_each, type}; }
  const char* end() const { return data + length * bytes_each; }
};

inline FeatureArray read_features(Arguments& arguments) {
  napi_typedarray_type type = napi_float32_array;
  void* data = nullptr;
  const size_t length = arguments.any_array(type, data);
  const auto* bytes = static_cast<const char*>(data);
  switch (type) {
    case napi_float32_array:
      return {bytes, length, sizeof(float), FeatureType::kFloat32};
    case napi_uint16_array:
      return {bytes, length, sizeof(uint16_t), FeatureType::kFloat16};
    case napi_int16_array:
      return {bytes, length, sizeof(uint16_t), FeatureType::kBfloat16};
    case napi_int8_array:
      return {bytes, length, sizeof(int8_t), FeatureType::kInt8};
    default:
      arguments.refuse();
      return {};
  }
}

}  // namespace fixed_classifier
