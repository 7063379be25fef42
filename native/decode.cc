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

template <class T>
void add(napi_env env, napi_value object, const char* name, DecodeKernel<T> kernel) {
  add_function(env, object, {name, 2, decode<T>}, kernel);
}

}  // namespace

void add_decode(napi_env env, napi_value object, const Kernels& kernels) {
  add(env, object, "decodeFloat16", kernels.decode_float16);
  add(env, object, "decodeBfloat16", kernels.decode_bfloat16);
  add(env, object, "decodeInt8", kernels.decode_int8);
}

}  // namespace fixed_classifier
