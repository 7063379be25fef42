// The arrays of one call of a kernel.
#pragma once

#include <cstdint>
#include <cstring>
#include <string>
#include <type_traits>
#include <vector>

#include "../../native/kernels.h"
#include "context.h"
#include "memory.h"

namespace harness {

enum class Element { float32, float64, int32, other };

template <class T>
constexpr Element element_of = std::is_same_v<T, float>     ? Element::float32
                               : std::is_same_v<T, double>  ? Element::float64
                               : std::is_same_v<T, int32_t> ? Element::int32
                                                            : Element::other;

// What a call left in an array.
struct Result {
  const char* name;
  Element element;
  std::vector<uint8_t> bytes;
};
using Results = std::vector<Result>;

// Fails unless all bits agree, where any NaN is like any other.
void expect_same(const Results& expected, const Results& got);

class Arrays {
 public:
  explicit Arrays(Random& random) : random_(random) {}

  // The kernel must leave it as it is.
  template <class T>
  const T* in(const char* name, const std::vector<T>& values) {
    return place(name, values.data(), values.size(), false);
  }
  // The array holds garbage before the call, other garbage every time.
  template <class T>
  T* out(const char* name, size_t count) {
    return place<T>(name, nullptr, count, true);
  }
  template <class T>
  T* in_out(const char* name, const std::vector<T>& values) {
    return place(name, values.data(), values.size(), true);
  }
  void* scratch(size_t bytes) {
    arrays_.push_back({"scratch", Element::other, Memory(random_, bytes, 64), false, {}});
    return arrays_.back().memory.data();
  }

  // Is called right after the kernel; fails if anything but the outputs has changed, or registers are not as
  // they must be.
  Results results() const;

 private:
  struct Array {
    const char* name;
    Element element;
    Memory memory;
    bool output;
    std::vector<uint8_t> source;  // of an input
  };

  template <class T>
  T* place(const char* name, const T* values, size_t count, bool output) {
    static_assert(std::is_trivially_copyable_v<T>);
    Array array{name, element_of<T>, Memory(random_, count * sizeof(T), alignof(T)), output, {}};
    uint8_t* data = array.memory.data();
    if (values && count > 0) {
      memcpy(data, values, array.memory.size());
      // The padding of structures is nobody's.
      if (!output && std::is_arithmetic_v<T>) array.source.assign(data, data + array.memory.size());
    }
    arrays_.push_back(std::move(array));
    return reinterpret_cast<T*>(data);
  }

  Random& random_;
  std::vector<Array> arrays_;
};

// The instruction sets to test, and the one whose results they must have.
struct Machine {
  std::vector<const fixed_classifier::Kernels*> tested;
  const fixed_classifier::Kernels* scalar;
};
extern Machine machine;

// Fails unless run(kernels) has these results with every instruction set.
template <class Run>
void expect_everywhere(const Results& expected, const Run& run) {
  for (const fixed_classifier::Kernels* kernels : machine.tested) {
    context.instruction_set = kernels->name;
    expect_same(expected, run(*kernels));
  }
}

}  // namespace harness
