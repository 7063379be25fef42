// Objects of the addon that JavaScript holds. A record is a buffer that JavaScript owns: the collector knows
// how large it is, and frees it without the addon. What has a finalizer instead is freed at the next turn of
// the event loop, which a program that makes thousands of heads in one go does not reach.
#pragma once

#include <node_api.h>

#include <cstddef>
#include <initializer_list>
#include <new>
#include <type_traits>

namespace fixed_classifier {

template <class T>
struct Record {
  static_assert(std::is_trivially_destructible_v<T>, "nobody destroys it");
  static inline char kType;  // its address, which no linker gives to another: it may be written to

  const char* type;
  const Record* self;  // a copy of the bytes is no record: what refers to the original does not keep it
  T value;
};

template <class T>
struct NewRecord {
  napi_value object = nullptr;
  T* value = nullptr;
  void* tail = nullptr;  // so many bytes behind the value as were asked for, aligned as pointers are
};

// Makes a record. Its value is null if an exception is pending, or the environment is ending.
template <class T>
NewRecord<T> make_record(napi_env env, const T& value, size_t tail_bytes = 0) {
  void* data = nullptr;
  napi_value object = nullptr;
  if (napi_create_arraybuffer(env, sizeof(Record<T>) + tail_bytes, &data, &object) != napi_ok) return {};
  auto* record = new (data) Record<T>{&Record<T>::kType, static_cast<Record<T>*>(data), value};
  return {object, &record->value, record + 1};
}

// Returns the value of the record of a T that lies at `data`, and null if there is none. Its first two fields
// are readable.
template <class T>
T* record_at(void* data) {
  auto* record = static_cast<Record<T>*>(data);
  return record->type == &Record<T>::kType && record->self == record ? &record->value : nullptr;
}

// Returns the value of a record of a T, and null for anything else.
template <class T>
T* record_of(napi_env env, napi_value object) {
  void* data = nullptr;
  size_t length = 0;
  if (napi_get_arraybuffer_info(env, object, &data, &length) != napi_ok) return nullptr;
  return length < sizeof(Record<T>) ? nullptr : record_at<T>(data);
}

// Returns the same for the call of a plan, which asking for the length would make 4 % longer. A buffer that
// is no record must have 16 bytes.
template <class T>
T* plan_of(napi_env env, napi_value object) {
  void* data = nullptr;
  if (napi_get_arraybuffer_info(env, object, &data, nullptr) != napi_ok) return nullptr;
  return data == nullptr ? nullptr : record_at<T>(data);
}

// The property of a record that is the first of the values which it keeps alive.
constexpr const char* kKept = "kept0";

// Makes a record keep alive what its value refers to.
inline void keep_alive(napi_env env, napi_value record, std::initializer_list<napi_value> values) {
  static constexpr const char* kNames[] = {kKept, "kept1", "kept2", "kept3"};
  napi_property_descriptor properties[std::size(kNames)]{};
  size_t count = 0;
  for (const napi_value value : values) {
    properties[count].utf8name = kNames[count];
    properties[count].value = value;
    count++;
  }
  napi_define_properties(env, record, count, properties);
}

}  // namespace fixed_classifier
