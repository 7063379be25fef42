// Functions that JavaScript calls: how they are made, and what they are made with.
#pragma once

#include <node_api.h>

#include <cstddef>
#include <span>
#include <utility>

namespace fixed_classifier {

struct FunctionEntry {
  const char* name;
  size_t arity;  // how many arguments it reads: Arguments::check holds it to that
  napi_callback callback;
};
using FunctionEntries = std::span<const FunctionEntry>;

// What a function finds when it is called.
struct FunctionData {
  size_t arity;
};
template <class T>
struct FunctionDataOf : FunctionData {
  T value;
};

// Gives an object a function that finds a copy of `value` by Arguments::data, until it is collected.
template <class T>
void add_function(napi_env env, napi_value object, const FunctionEntry& entry, T value) {
  auto* data = new FunctionDataOf<T>{{entry.arity}, std::move(value)};
  napi_value function = nullptr;
  napi_create_function(env, entry.name, NAPI_AUTO_LENGTH, entry.callback, data, &function);
  napi_add_finalizer(
      env, function, data, [](napi_env, void* held, void*) { delete static_cast<FunctionDataOf<T>*>(held); },
      nullptr, nullptr);
  napi_set_named_property(env, object, entry.name, function);
}

// Describes functions in an object: how many arguments each reads, by name.
inline void add_arities(napi_env env, napi_value object, FunctionEntries entries) {
  for (const FunctionEntry& entry : entries) {
    napi_value arity = nullptr;
    napi_create_uint32(env, static_cast<uint32_t>(entry.arity), &arity);
    napi_set_named_property(env, object, entry.name, arity);
  }
}

}  // namespace fixed_classifier
