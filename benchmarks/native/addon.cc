// What benchmarks/setup.js loads. The callers are the benchmarks alone, so little is checked.

#include <napi.h>

#include "../../native/dispatch.h"
#include "cores.h"
#include "limits.h"
#include "peer.h"
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
size_t length(const Napi::Value& value) { return static_cast<size_t>(number(value)); }

Loop loop_of(const Limits& limits, const std::string& type, const std::string& what) {
  if (what == "both") return limits.float32_both;
  if (what == "cycle") return limits.cycle;
  const Ports& ports = type == "float64" ? limits.float64 : type == "int32" ? limits.int32 : limits.float32;
  if (what == "load") return ports.load;
  if (what == "store") return ports.store;
  if (what == "copy") return ports.copy;
  if (what == "across") return ports.across;
  if (what == "within") return ports.stages[0][0];
  return ports.add;
}

// limit(instructionSet, type, what, nanoseconds) returns steps per second, or null where there are none.
Napi::Value limit(const Napi::CallbackInfo& info) {
  const ChosenSet chosen(info);
  if (!chosen.known()) return info.Env().Undefined();
  const Loop loop = loop_of(*chosen.limits, info[1].ToString(), info[2].ToString());
  if (!loop) return info.Env().Null();
  return Napi::Number::New(info.Env(), steps_per_second(loop, number(info[3])));
}

// Calls use(array, length).
template <class Use>
void with_array(const Napi::CallbackInfo& info, const Use& use) {
  const auto take = [&]<class T>(T*) {
    auto x = info[1].As<Napi::TypedArrayOf<T>>();
    use(x.Data(), x.ElementLength());
  };
  switch (info[1].As<Napi::TypedArray>().TypedArrayType()) {
    case napi_float64_array:
      return take(static_cast<double*>(nullptr));
    case napi_int32_array:
      return take(static_cast<int32_t*>(nullptr));
    default:
      return take(static_cast<float*>(nullptr));
  }
}

// transform(instructionSet, x, rowLength) transforms in place.
Napi::Value transform_array(const Napi::CallbackInfo& info) {
  const ChosenSet chosen(info);
  if (chosen.known()) {
    with_array(info, [&](auto* x, size_t n) { transform(*chosen.kernels, x, n, length(info[2])); });
  }
  return info.Env().Undefined();
}

// time(instructionSet, x, rowLength, nanoseconds) returns a Timing.
Napi::Value time_array(const Napi::CallbackInfo& info) {
  const ChosenSet chosen(info);
  if (!chosen.known()) return info.Env().Undefined();
  Napi::Object object = Napi::Object::New(info.Env());
  with_array(info, [&](auto* x, size_t n) {
    const Timing timing =
        time_transform(*chosen.kernels, *chosen.limits, x, n, length(info[2]), number(info[3]));
    object.Set("nanoseconds", timing.nanoseconds);
    object.Set("fraction", timing.fraction);
    object.Set("ofAdditions", timing.of_additions);
    object.Set("ofPorts", timing.of_ports);
    object.Set("ofCaches", timing.of_caches);
    Napi::Object bounds = Napi::Object::New(info.Env());
    bounds.Set("additions", timing.bounds.additions);
    bounds.Set("vector", timing.bounds.vector);
    bounds.Set("loads", timing.bounds.loads);
    bounds.Set("stores", timing.bounds.stores);
    bounds.Set("memory", timing.bounds.memory);
    bounds.Set("caches", timing.bounds.caches);
    object.Set("bounds", bounds);
  });
  return object;
}

// Throws, and returns one without a function, if it cannot be loaded. It is given as
// { path, symbol, abi }.
Peer peer_of(const Napi::CallbackInfo& info, size_t at) {
  const Napi::Object given = info[at].ToObject();
  const auto text = [&](const char* name) { return given.Get(name).ToString().Utf8Value(); };
  Peer peer;
  const std::string reason = load_peer(text("path"), text("symbol"), text("abi"), peer);
  if (!reason.empty()) Napi::Error::New(info.Env(), reason).ThrowAsJavaScriptException();
  return peer;
}

// peerTransform(peer, x, rowLength) transforms in place and returns whether the peer did not fail.
Napi::Value peer_transform(const Napi::CallbackInfo& info) {
  const Peer peer = peer_of(info, 0);
  if (!peer.function) return info.Env().Undefined();
  auto x = info[1].As<Napi::Float32Array>();
  return Napi::Boolean::New(info.Env(), peer(x.Data(), x.ElementLength(), length(info[2])));
}

// comparePeer(instructionSet, x, rowLength, nanoseconds, peer) returns a Comparison.
Napi::Value compare_peer(const Napi::CallbackInfo& info) {
  const ChosenSet chosen(info);
  if (!chosen.known()) return info.Env().Undefined();
  const Peer peer = peer_of(info, 4);
  if (!peer.function) return info.Env().Undefined();
  auto x = info[1].As<Napi::Float32Array>();
  const Comparison comparison =
      compare(*chosen.kernels, peer, x.Data(), x.ElementLength(), length(info[2]), number(info[3]));
  Napi::Object object = Napi::Object::New(info.Env());
  object.Set("ours", comparison.ours);
  object.Set("peers", comparison.peers);
  object.Set("ratio", comparison.ratio);
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

// cores(instructionSet) returns { alone, together, roundTrip }.
Napi::Value cores_now(const Napi::CallbackInfo& info) {
  const ChosenSet chosen(info);
  if (!chosen.known()) return info.Env().Undefined();
  const Cores now = cores(*chosen.limits);
  Napi::Object object = Napi::Object::New(info.Env());
  object.Set("alone", now.alone);
  object.Set("together", now.together);
  object.Set("roundTrip", now.round_trip);
  return object;
}

Napi::Object init(Napi::Env env, Napi::Object exports) {
  exports.Set("limit", Napi::Function::New(env, limit, "limit"));
  exports.Set("cores", Napi::Function::New(env, cores_now, "cores"));
  exports.Set("transform", Napi::Function::New(env, transform_array, "transform"));
  exports.Set("time", Napi::Function::New(env, time_array, "time"));
  exports.Set("read", Napi::Function::New(env, read_array, "read"));
  exports.Set("peerTransform", Napi::Function::New(env, peer_transform, "peerTransform"));
  exports.Set("comparePeer", Napi::Function::New(env, compare_peer, "comparePeer"));
  exports.Set("misalignment", Napi::Function::New(env, misalignment, "misalignment"));
  return exports;
}

NODE_API_MODULE(fixed_classifier_benchmark, init)

}  // namespace
}  // namespace fixed_classifier
