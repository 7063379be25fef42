// What lib/backends/native.ts loads: `instructionSets`, best first, `availableThreads`,
// `create(instructionSet, threads)`, `misalignment(bytes, alignment)`, and what runs the plans that the
// created objects make. Nothing of JavaScript here outlives its environment, so worker threads each have
// their own.

#include <napi.h>

#include "arguments.h"
#include "decode.h"
#include "dispatch.h"
#include "executor.h"
#include "head.h"
#include "transform.h"

namespace fixed_classifier {
namespace {

napi_value create(napi_env env, napi_callback_info info) {
  Arguments arguments(env, info);
  const std::string name = arguments.string();
  const size_t threads = arguments.size();
  if (!arguments.check(threads > 0)) return nullptr;
  for (const Kernels* kernels : available_kernels()) {
    if (name != kernels->name) continue;
    napi_value object = nullptr;
    napi_create_object(env, &object);
    const Executor executor{kernels, static_cast<int>(threads)};
    add_transform(env, object, executor);
    add_head(env, object, executor);
    add_decode(env, object, *kernels);
    return object;
  }
  const std::string message = "no such instruction set here: " + name;
  napi_throw_range_error(env, nullptr, message.c_str());
  return nullptr;
}

// How far an array of bytes is behind a multiple of the alignment. Only its address tells, and JavaScript
// cannot see that.
napi_value misalignment(napi_env env, napi_callback_info info) {
  Arguments arguments(env, info);
  const TypedArray<uint8_t> bytes = arguments.array<uint8_t>();
  const size_t alignment = arguments.size();
  if (!arguments.check(alignment > 0)) return nullptr;
  return Napi::Number::New(env, static_cast<double>(reinterpret_cast<uintptr_t>(bytes.data) % alignment));
}

Napi::Object init(Napi::Env env, Napi::Object exports) {
  Napi::Array names = Napi::Array::New(env);
  for (const Kernels* kernels : available_kernels()) {
    names.Set(names.Length(), Napi::String::New(env, kernels->name));
  }
  exports.Set("instructionSets", names);
  exports.Set("availableThreads", Napi::Number::New(env, available_threads()));
  add_function(env, exports, {"misalignment", 2, misalignment}, nullptr);
  add_function(env, exports, {"create", 2, create}, nullptr);
  add_run(env, exports);
  add_run_forward(env, exports);
  return exports;
}

NODE_API_MODULE(fixed_classifier, init)

}  // namespace
}  // namespace fixed_classifier
