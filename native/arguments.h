// Arguments of the functions that JavaScript calls. The facade has checked what the user passed; what
// is checked here once more is all that keeps a kernel inside its buffers.
#pragma once

#include <napi.h>

#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "function.h"
#include "record.h"

namespace fixed_classifier {

template <class T>
struct TypedArray {
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

// References that keep records and arrays of JavaScript alive while another thread works on them.
using KeptArrays = std::vector<Napi::Reference<Napi::Value>>;

// Reads the arguments of one call in their order. After a mistake everything else reads as empty, and check()
// fails.
class Arguments {
 public:
  static constexpr size_t kMax = 19;   // of any function
  static constexpr size_t kMost = 10;  // of most

  // Node.js fills `most` values whatever the call has; a function of few arguments is faster if it says so.
  Arguments(napi_env env, napi_callback_info info, size_t most = kMost) : env_(env), count_(most) {
    void* data = nullptr;
    napi_get_cb_info(env, info, &count_, values_, nullptr, &data);
    data_ = static_cast<FunctionData*>(data);
  }

  napi_env env() const { return env_; }

  // Makes check() fail.
  void refuse() { ok_ = false; }

  // How many there are.
  size_t count() const { return count_; }

  // One of them as it is; undefined beyond the last.
  napi_value value(size_t index) const { return values_[index]; }

  // The value that the function was made with.
  template <class T>
  T& data() const {
    return static_cast<FunctionDataOf<T>*>(data_)->value;
  }

  // The records and arrays that are read from here on are kept alive by references in `kept`.
  void keep(KeptArrays& kept) { kept_ = &kept; }

  // Reads an array of any type and returns its length.
  size_t any_array(napi_typedarray_type& type, void*& data) {
    const napi_value value = values_[next_++];
    size_t length = 0;
    if (napi_get_typedarray_info(env_, value, &type, &length, &data, nullptr, nullptr) != napi_ok) {
      ok_ = false;
    } else if (kept_) {
      add_kept(value);
    }
    return length;
  }

  template <class T>
  TypedArray<T> array() {
    napi_typedarray_type type = napi_uint8_array;
    void* data = nullptr;
    const size_t length = any_array(type, data);
    if (ok_ && type == array_type<T>()) return {static_cast<T*>(data), length};
    ok_ = false;
    return {};
  }

  // Reads an array, or null as an empty one. One whose memory is gone has no address either.
  template <class T>
  TypedArray<T> optional_array(bool* given = nullptr) {
    napi_valuetype type = napi_undefined;
    napi_typeof(env_, values_[next_], &type);
    if (given) *given = type == napi_object;
    if (type == napi_object) return array<T>();
    next_++;
    return {};
  }

  // Reads a record of a T; after a mistake it is null.
  template <class T>
  T* record() {
    const napi_value object = values_[next_++];
    T* value = record_of<T>(env_, object);
    if (!value) {
      ok_ = false;
    } else if (kept_) {
      add_kept(object);
    }
    return value;
  }

  // Reads a record of a T, or undefined as null.
  template <class T>
  T* optional_record() {
    napi_valuetype type = napi_undefined;
    napi_typeof(env_, values_[next_], &type);
    if (type != napi_undefined) return record<T>();
    next_++;
    return nullptr;
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

  std::string string() {
    const Napi::Value value(env_, values_[next_++]);
    if (value.IsString()) return value.As<Napi::String>().Utf8Value();
    ok_ = false;
    return {};
  }

  // Whether all was well so far and `condition` holds; otherwise an exception is pending. By then the
  // function has read as many arguments as its entry says, or all there are.
  bool check(bool condition) {
    if (fits(condition)) return true;
    throw_misfit(env_);
    return false;
  }

  // Does the same without an exception.
  bool fits(bool condition) const { return ok_ && condition && (next_ == data_->arity || next_ == count_); }

 private:
  // Not inlined, as few calls keep anything.
  [[gnu::noinline]] void add_kept(napi_value value) {
    kept_->push_back(Napi::Reference<Napi::Value>::New(Napi::Value(env_, value), 1));
  }

  napi_env env_;
  napi_value values_[kMax];
  size_t count_;
  FunctionData* data_ = nullptr;
  KeptArrays* kept_ = nullptr;
  size_t next_ = 0;
  bool ok_ = true;
};

}  // namespace fixed_classifier
