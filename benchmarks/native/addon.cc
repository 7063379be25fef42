// What benchmarks/setup.js loads. The callers are the benchmarks alone, so little is checked.

#include <napi.h>

#include "../../native/dispatch.h"
#include "limits.h"
#include "timing.h"

namespace fixed_classifier {
namespace {

// The first argument of most functions names an instruction set.
struct ChosenSet {
  const Kernels* kernels = nullptr;
  const Limits* limits = nullptr;

  explicit ChosenSet(const Napi::CallbackInfo& info) {
    const std::string name = info[0].ToString().Utf8Value();
    for (const Kernels* found : available_kernels()) {
      if (name == found->name) kernels = found;
    }
    limits = limits_of(name.c_str());
    if (known()) return;
    Napi::RangeError::New(info.Env(), "no such instruction set here: " + name).ThrowAsJavaScriptException();
  }
  bool known() const { return kernels && limits; }
};

double number(const Napi::Value& value) { return value.ToNumber().DoubleValue(); }

// limit(instructionSet, what, nanoseconds) returns additions per second.
Napi::Value limit(const Napi::CallbackInfo& info) {
  const ChosenSet chosen(info);
  if (!chosen.known()) return info.Env().Undefined();
  const std::string what = info[1].ToString().Utf8Value();
  const Limits& limits = *chosen.limits;
  const AddUp add_up = what == "float64"        ? limits.float64
                       : what == "int32"        ? limits.int32
                       : what == "float32 both" ? limits.float32_both
                                                : limits.float32;
  return Napi::Number::New(info.Env(), additions_per_second(add_up, number(info[2])));
}

// Calls use(array, length, function that measures the limit of its type).
template <class Use>
void with_array(const Napi::CallbackInfo& info, const ChosenSet& chosen, const Use& use) {
  const auto take = [&]<class T>(T*, AddUp Limits::*add_up) {
    auto x = info[1].As<Napi::TypedArrayOf<T>>();
    use(x.Data(), x.ElementLength(), chosen.limits->*add_up);
  };
  switch (info[1].As<Napi::TypedArray>().TypedArrayType()) {
    case napi_float64_array:
      return take(static_cast<double*>(nullptr), &Limits::float64);
    case napi_int32_array:
      return take(static_cast<int32_t*>(nullptr), &Limits::int32);
    default:
      return take(static_cast<float*>(nullptr), &Limits::float32);
  }
}

// transform(instructionSet, x) transforms in place, as one row.
Napi::Value transform_array(const Napi::CallbackInfo& info) {
  const ChosenSet chosen(info);
  if (chosen.known()) {
    with_array(info, chosen, [&](auto* x, size_t n, AddUp) { transform(*chosen.kernels, x, n); });
  }
  return info.Env().Undefined();
}

// time(instructionSet, x, nanoseconds) returns a Timing.
Napi::Value time_array(const Napi::CallbackInfo& info) {
  const ChosenSet chosen(info);
  if (!chosen.known()) return info.Env().Undefined();
  Napi::Object object = Napi::Object::New(info.Env());
  with_array(info, chosen, [&](auto* x, size_t n, AddUp add_up) {
    const Timing timing = time_transform(*chosen.kernels, *chosen.limits, add_up, x, n, number(info[2]));
    object.Set("nanoseconds", timing.nanoseconds);
    object.Set("limit", timing.additions_per_second);
    object.Set("fraction", timing.fraction);
  });
  return object;
}

// read(instructionSet, words) returns their sum.
Napi::Value read_array(const Napi::CallbackInfo& info) {
  const ChosenSet chosen(info);
  if (!chosen.known()) return info.Env().Undefined();
  auto words = info[1].As<Napi::Uint32Array>();
  return Napi::Number::New(info.Env(), chosen.limits->read(words.Data(), words.ElementLength()));
}

// misalignment(bytes) returns how far a Uint8Array is behind a multiple of 64 bytes.
Napi::Value misalignment(const Napi::CallbackInfo& info) {
  const uint8_t* data = info[0].As<Napi::Uint8Array>().Data();
  return Napi::Number::New(info.Env(), static_cast<double>(reinterpret_cast<uintptr_t>(data) % 64));
}

Napi::Object init(Napi::Env env, Napi::Object exports) {
  exports.Set("limit", Napi::Function::New(env, limit, "limit"));
  exports.Set("transform", Napi::Function::New(env, transform_array, "transform"));
  exports.Set("time", Napi::Function::New(env, time_array, "time"));
  exports.Set("read", Napi::Function::New(env, read_array, "read"));
  exports.Set("misalignment", Napi::Function::New(env, misalignment, "misalignment"));
  return exports;
}

NODE_API_MODULE(fixed_classifier_benchmark, init)

}  // namespace
}  // namespace fixed_classifier
