// Memory that the kernels of a head work in.
#pragma once

#include <cstddef>
#include <new>

namespace fixed_classifier {

constexpr const char* kNoMemory = "not enough memory for the work of this head";

class Scratch {
 public:
  explicit Scratch(size_t bytes) : memory_(::operator new(bytes, kAlignment, std::nothrow)) {}
  ~Scratch() { ::operator delete(memory_, kAlignment); }
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;

  // Null if there is no memory.
  void* get() const { return memory_; }

 private:
  static constexpr std::align_val_t kAlignment{64};
  void* memory_;
};

}  // namespace fixed_classifier
