// What lib/backends/native.ts loads: `instructionSets`, best first, and `create(instructionSet)`. Nothing
// here outlives its environment, so worker threads each have their own.

#include <napi.h>

#include "dispatch.h"
#include "head.h"
#include "transform.h"

namespace fixed_classifier {
namespace {

Napi::Value create(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  const std::string name = info[0].IsString() ? info[0].As<Napi::String>().Utf8Value() : "";
  for (const Kernels* kernels : available_kernels()) {
    if (name != kernels->name) continue;
    Napi::Object object = Napi::Object::New(env);
    add_transform(object, kernels);
    add_head(object, kernels);
    return object;
  }
  Napi::RangeError::New(env, "no such instruction set here: " + name).ThrowAsJavaScriptException();
  return env.Undefined();
}

Napi::Object init(Napi::Env env, Napi::Object exports) {
  Napi::Array names = Napi::Array::New(env);
  for (const Kernels* kernels : available_kernels()) {
    names.Set(names.Length(), Napi::String::New(env, kernels->name));
  }
  exports.Set("instructionSets", names);
  exports.Set("create", Napi::Function::New(env, create, "create"));
  return exports;
}

NODE_API_MODULE(fixed_classifier, init)

}  // namespace
}  // namespace fixed_classifier
