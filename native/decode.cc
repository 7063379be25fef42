#include "decode.h"

#include "arguments.h"

namespace fixed_classifier {
namespace {

template <class T>
using Decode = void (*)(const T* x, size_t count, float* out);

template <class T>
napi_value decode(napi_env env, napi_callback_info info) {
  Arguments arguments(env, info);
  const Array<T> x = arguments.array<T>();
  const Array<float> out = arguments.array<float>();
  if (arguments.check(out.length == x.length)) arguments.data<Decode<T>>()(x.data, x.length, out.data);
  return nullptr;
}

template <class T>
void add(Napi::Object object, const char* name, Decode<T> kernel) {
  const Napi::Env env = object.Env();
  object.Set(name, Napi::Value(env, make_function(env, name, decode<T>, kernel)));
}

}  // namespace

void add_decode(Napi::Object object, const Kernels& kernels) {
  add(object, "decodeFloat16", kernels.decode_float16);
  add(object, "decodeBfloat16", kernels.decode_bfloat16);
  add(object, "decodeInt8", kernels.decode_int8);
}

}  // namespace fixed_classifier
