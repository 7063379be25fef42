// What a register costs the ports of memory: loads and stores that stay in the first-level cache, and those
// that do not.
#pragma once

#include "limits.h"

namespace {

constexpr size_t kBytes = 8192;

// Not zeros: then all its pages would be the one of zeros, which loads are slow to tell apart.
template <class V>
struct Moved {
  static constexpr size_t count = kBytes / sizeof(typename V::scalar);
  alignas(64) typename V::scalar elements[count] = {1};
};

template <class V, bool loads, bool stores>
size_t move(size_t turns) {
  static Moved<V> memory;
  typename V::scalar* p = memory.elements;
  typename V::reg a = V::load(p);
  for (size_t turn = 0; turn < turns; turn++) {
    asm volatile("" : "+r"(p)::"memory");
#pragma GCC unroll 8
    for (size_t i = 0; i < Moved<V>::count; i += V::width) {
      if constexpr (loads) {
        a = V::load(p + i);
        opaque(a);
      }
      if constexpr (stores) V::store(p + i, a);
    }
  }
  asm volatile("" ::"r"(p) : "memory");
  return turns * (Moved<V>::count / V::width);
}

template <class V>
void sweep(void* memory, size_t bytes) {
  auto* p = static_cast<typename V::scalar*>(memory);
#pragma GCC unroll 4
  for (size_t i = 0; i < bytes / sizeof *p; i += V::width) {
    typename V::reg a = V::load(p + i);
    opaque(a);
    V::store(p + i, a);
  }
  asm volatile("" ::"r"(p) : "memory");
}

// Additions that each wait for the one before: one a cycle.
inline size_t cycles(size_t turns) {
  size_t sum = 1, one = 1;
  asm("" : "+r"(one));
  for (size_t turn = 0; turn < turns; turn++) {
#pragma GCC unroll 64
    for (int i = 0; i < 64; i++) {
      sum += one;
      asm volatile("" : "+r"(sum));
    }
  }
  return turns * 64;
}

}  // namespace
