// What lib/backends/native.ts loads: `instructionSets`, best first, `availableThreads`,
// `create(instructionSet, threads)`, and what runs the plans that the created objects make. Nothing of
// JavaScript here outlives its environment, so worker threads each have their own.

#include <napi.h>

#include "arguments.h"
#include "decode.h"
#include "dispatch.h"
#include "head.h"
#include "transform.h"

namespace fixed_classifier {
namespace {

Napi::Value create(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  const std::string name = info[0].IsString() ? info[0].As<Napi::String>().Utf8Value() : "";
  const int threads = info[1].IsNumber() ? info[1].As<Napi::Number>().Int32Value() : 1;
  for (const Kernels* kernels : available_kernels()) {
    if (name != kernels->name) continue;
    Napi::Object object = Napi::Object::New(env);
    const Engine engine{kernels, threads};
    add_transform(object, engine);
    add_head(object, engine);
    add_decode(object, *kernels);
    return object;
  }
  Napi::RangeError::New(env, "no such instruction set here: " + name).ThrowAsJavaScriptException();
  return env.Undefined();
}

// Only the address tells, and JavaScript cannot see it.
Napi::Value misalignment(const Napi::CallbackInfo& info) {
  Arguments arguments(info.Env(), static_cast<napi_callback_info>(info));
  const Array<uint8_t> bytes = arguments.array<uint8_t>();
  const size_t alignment = arguments.size();
  if (!arguments.check(alignment > 0)) return info.Env().Undefined();
  return Napi::Number::New(info.Env(),
                           static_cast<double>(reinterpret_cast<uintptr_t>(bytes.data) % alignment));
}

Napi::Object init(Napi::Env env, Napi::Object exports) {
  Napi::Array names = Napi::Array::New(env);
  for (const Kernels* kernels : available_kernels()) {
    names.Set(names.Length(), Napi::String::New(env, kernels->name));
  }
  exports.Set("instructionSets", names);
  exports.Set("availableThreads", Napi::Number::New(env, available_threads()));
  exports.Set("misalignment", Napi::Function::New(env, misalignment, "misalignment"));
  exports.Set("create", Napi::Function::New(env, create, "create"));
  exports.Set("run", Napi::Value(env, make_function(env, "run", run_plan)));
  exports.Set("runForward", Napi::Value(env, make_function(env, "runForward", run_forward)));
  return exports;
}

NODE_API_MODULE(fixed_classifier, init)

}  // namespace
}  // namespace fixed_classifier
