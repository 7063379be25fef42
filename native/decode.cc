#include "decode.h"

#include "arguments.h"

namespace fixed_classifier {
namespace {

template <class T>
using DecodeKernel = void (*)(const T* x, size_t count, float* out);

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

constexpr FunctionEntry kFunctions[] = {
    {"decodeFloat16", 2, decode<uint16_t>},
    {"decodeBfloat16", 2, decode<uint16_t>},
    {"decodeInt8", 2, decode<int8_t>},
};

}  // namespace

void add_decode(napi_env env, napi_value object, const Kernels& kernels) {
  const auto& [float16, bfloat16, int8] = kFunctions;
  add_function(env, object, float16, kernels.decode_float16);
  add_function(env, object, bfloat16, kernels.decode_bfloat16);
  add_function(env, object, int8, kernels.decode_int8);
}

FunctionEntries decode_functions() { return kFunctions; }

}  // namespace fixed_classifier
