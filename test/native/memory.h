// Memory in which a step outside is noticed.
#pragma once

#include <cstddef>
#include <cstdint>

#include "random.h"

namespace harness {

// `bytes` of garbage, at an address that is a multiple of `alignment` and mostly of nothing more. In turns
// they
//   end at a page that may not be touched, or start behind one: a read outside is a crash;
//   lie between guard bytes at any offset: a write outside is found by check();
//   are a block of the heap, of which sanitizers and valgrind know the ends, and valgrind what was not
//   written.
class Memory {
 public:
  Memory(Random& random, size_t bytes, size_t alignment);
  Memory(Memory&& other) noexcept;
  Memory& operator=(Memory&&) = delete;
  ~Memory();

  uint8_t* data() const { return data_; }
  size_t size() const { return bytes_; }

  // Fails if a guard byte has changed.
  void check(const char* name) const;

 private:
  uint8_t* data_ = nullptr;
  size_t bytes_;
  // From the first guard byte to the last; null for a block of the heap.
  uint8_t* pages_ = nullptr;
  size_t guarded_ = 0;
};

}  // namespace harness
