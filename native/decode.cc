#include "decode.h"

#include "arguments.h"

namespace fixed_classifier {
namespace {

template <class T>
using DecodeKernel = void (*)(const T* x, size_t count, float* out);

using EncodeKernel = void (*)(const float* x, size_t count, uint16_t* out);

template <class T>
napi_value decode(napi_env env, napi_callback_info info) {
  Arguments arguments(env, info);
  const TypedArray<T> x = arguments.array<T>();
  const TypedArray<float> out = arguments.array<float>();
  if (arguments.check(out.length == x.length)) {
    arguments.data<DecodeKernel<T>>()(x.data, x.length, out.data);
  }
  return nullptr;
}

napi_value encode(napi_env env, napi_callback_info info) {
  Arguments arguments(env, info);
  const TypedArray<float> x = arguments.array<float>();
  const TypedArray<uint16_t> out = arguments.array<uint16_t>();
  if (arguments.check(out.length == x.length)) {
    arguments.data<EncodeKernel>()(x.data, x.length, out.data);
  }
  return nullptr;
}

constexpr FunctionEntry kFunctions[] = {
    {"decodeFloat16", 2, decode<uint16_t>}, {"decodeBfloat16", 2, decode<uint16_t>},
    {"decodeInt8", 2, decode<int8_t>},      {"encodeFloat16", 2, encode},
    {"encodeBfloat16", 2, encode},
};

}  // namespace

void add_decode(napi_env env, napi_value object, const Kernels& kernels) {
  const auto& [float16, bfloat16, int8, to_float16, to_bfloat16] = kFunctions;
  add_function(env, object, float16, kernels.decode_float16);
  add_function(env, object, bfloat16, kernels.decode_bfloat16);
  add_function(env, object, int8, kernels.decode_int8);
  add_function(env, object, to_float16, kernels.encode_float16);
  add_function(env, object, to_bfloat16, kernels.encode_bfloat16);
}

FunctionEntries decode_functions() { return kFunctions; }

}  // namespace fixed_classifier
