// Arguments of the functions that JavaScript calls. The facade has checked what the user passed; what is
// checked here once more is all that keeps a kernel inside its buffers.
#pragma once

#include <napi.h>

#include <cstddef>
#include <cstdint>

namespace fixed_classifier {

template <class T>
struct Array {
  T* data = nullptr;
  size_t length = 0;
};

template <class T>
constexpr napi_typedarray_type array_type();
template <>
constexpr napi_typedarray_type array_type<float>() {
  return napi_float32_array;
}
template <>
constexpr napi_typedarray_type array_type<double>() {
  return napi_float64_array;
}
template <>
constexpr napi_typedarray_type array_type<int32_t>() {
  return napi_int32_array;
}
template <>
constexpr napi_typedarray_type array_type<uint32_t>() {
  return napi_uint32_array;
}

template <>
constexpr napi_typedarray_type array_type<uint8_t>() {
  return napi_uint8_array;
}
template <>
constexpr napi_typedarray_type array_type<uint16_t>() {
  return napi_uint16_array;
}
template <>
constexpr napi_typedarray_type array_type<int8_t>() {
  return napi_int8_array;
}

inline napi_value throw_misfit(napi_env env) {
  napi_throw_type_error(env, nullptr, "arguments do not fit this function of the native addon");
  return nullptr;
}

// A C++ object that JavaScript holds, and what tells it from those of other types.
template <class T>
struct External {
  static inline char kType;  // its address, which no linker gives to another: it may be written to
  const char* type;
  T value;
};

// What make_external made of a T; null for anything else. Externals of other addons are not to be given.
template <class T>
T* external_of(napi_env env, napi_value value) {
  void* data = nullptr;
  if (napi_get_value_external(env, value, &data) != napi_ok || !data) return nullptr;
  auto* held = static_cast<External<T>*>(data);
  return held->type == &External<T>::kType ? &held->value : nullptr;
}

// Reads the arguments of one call in their order; after a mistake everything else reads as empty and `ok` is
// false.
class Arguments {
 public:
  static constexpr size_t kMax = 12;  // of any function

  Arguments(napi_env env, napi_callback_info info) : env_(env) {
    napi_get_cb_info(env, info, &count_, values_, nullptr, &data_);
  }

  // How many there are.
  size_t count() const { return count_; }

  template <class T>
  T& data() const {
    return *static_cast<T*>(data_);
  }

  napi_value value() { return values_[next_++]; }

  // An array of any type; returns its length.
  size_t any_array(napi_typedarray_type& type, void*& data) {
    size_t length = 0;
    if (napi_get_typedarray_info(env_, values_[next_++], &type, &length, &data, nullptr, nullptr) != napi_ok)
      ok_ = false;
    return length;
  }

  template <class T>
  Array<T> array() {
    napi_typedarray_type type;
    void* data = nullptr;
    size_t length = 0;
    const napi_status status =
        napi_get_typedarray_info(env_, values_[next_++], &type, &length, &data, nullptr, nullptr);
    if (status != napi_ok || type != array_type<T>()) {
      ok_ = false;
      return {};
    }
    return {static_cast<T*>(data), length};
  }

  // Null gives an empty array.
  template <class T>
  Array<T> optional_array() {
    napi_valuetype type = napi_undefined;
    napi_typeof(env_, values_[next_], &type);
    if (type == napi_object) return array<T>();
    next_++;
    return {};
  }

  // As external_of; undefined gives null too.
  template <class T>
  T* optional_external() {
    napi_valuetype type = napi_undefined;
    napi_typeof(env_, values_[next_], &type);
    T* value = external_of<T>(env_, values_[next_++]);
    if (!value && type != napi_undefined) ok_ = false;
    return value;
  }

  double number() {
    double value = 0;
    if (napi_get_value_double(env_, values_[next_++], &value) != napi_ok) ok_ = false;
    return value;
  }

  size_t size() {
    const double value = number();
    if (!(value >= 0 && value <= 9007199254740991.0)) ok_ = false;
    return ok_ ? static_cast<size_t>(value) : 0;
  }

  // Whether all was well so far and `condition` holds; otherwise an exception is pending.
  bool check(bool condition) {
    if (ok_ && condition) return true;
    throw_misfit(env_);
    return false;
  }

 private:
  napi_env env_;
  napi_value values_[kMax];
  size_t count_ = kMax;
  void* data_ = nullptr;
  size_t next_ = 0;
  bool ok_ = true;
};

inline napi_value make_function(napi_env env, const char* name, napi_callback callback) {
  napi_value function = nullptr;
  napi_create_function(env, name, NAPI_AUTO_LENGTH, callback, nullptr, &function);
  return function;
}

// A function of JavaScript that finds a copy of `data` again by Arguments::data, until it is collected.
template <class T>
napi_value make_function(napi_env env, const char* name, napi_callback callback, T data) {
  T* copy = new T(std::move(data));
  napi_value function = nullptr;
  napi_create_function(env, name, NAPI_AUTO_LENGTH, callback, copy, &function);
  napi_add_finalizer(
      env, function, copy, [](napi_env, void* held, void*) { delete static_cast<T*>(held); }, nullptr,
      nullptr);
  return function;
}

// An object of JavaScript that stands for a C++ one, until it is collected.
template <class T>
napi_value make_external(napi_env env, T value) {
  auto* held = new External<T>{&External<T>::kType, std::move(value)};
  napi_value external = nullptr;
  napi_create_external(
      env, held, [](napi_env, void* data, void*) { delete static_cast<External<T>*>(data); }, nullptr,
      &external);
  return external;
}

}  // namespace fixed_classifier
