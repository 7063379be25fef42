// What lib/backends/native/load.ts loads: `version`, `instructionSets`, best first, `availableThreads`,
// `arities`, `create(instructionSet, threads)`, `misalignment(bytes, alignment)`, and what runs the plans
// that the created objects make. Nothing of JavaScript here outlives its environment, so worker threads each
// have their own.

#include <napi.h>

#include <memory>

#include "arguments.h"
#include "columns.h"
#include "decode.h"
#include "dispatch.h"
#include "executor.h"
#include "head.h"
#include "rotation.h"
#include "round.h"
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
    add_columns(env, object, executor);
    add_head(env, object, executor, arguments.data<ScratchOwner>());
    add_decode(env, object, *kernels);
    add_round(env, object, *kernels);
    add_rotation(env, object, executor);
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

constexpr FunctionEntry kMisalignment = {"misalignment", 2, misalignment};
constexpr FunctionEntry kCreate = {"create", 2, create};

// How many arguments the functions read: of the module and of what `create` returns.
Napi::Object arities(Napi::Env env) {
  Napi::Object module = Napi::Object::New(env);
  for (const FunctionEntry& entry : {kMisalignment, kCreate, kRun, kRunForward, kRunRotation}) {
    add_arities(env, module, {&entry, 1});
  }
  Napi::Object kernels = Napi::Object::New(env);
  add_arities(env, kernels, transform_functions());
  add_arities(env, kernels, columns_functions());
  add_arities(env, kernels, decode_functions());
  add_arities(env, kernels, round_functions());
  add_arities(env, kernels, head_functions());
  add_arities(env, kernels, rotation_functions());
  Napi::Object all = Napi::Object::New(env);
  all.Set("module", module);
  all.Set("kernels", kernels);
  return all;
}

Napi::Object init(Napi::Env env, Napi::Object exports) {
  Napi::Array names = Napi::Array::New(env);
  for (const Kernels* kernels : available_kernels()) {
    names.Set(names.Length(), Napi::String::New(env, kernels->name));
  }
  exports.Set("version", Napi::String::New(env, FIXED_CLASSIFIER_VERSION));
  exports.Set("instructionSets", names);
  exports.Set("availableThreads", Napi::Number::New(env, available_threads()));
  exports.Set("arities", arities(env));
  add_function(env, exports, kMisalignment, nullptr);
  const auto scratch = std::make_shared<SharedScratch>();
  add_function(env, exports, kCreate, scratch);
  add_run(env, exports);
  add_run_forward(env, exports, scratch);
  add_run_rotation(env, exports);
  return exports;
}

NODE_API_MODULE(fixed_classifier, init)

}  // namespace
}  // namespace fixed_classifier
