// The state that a kernel leaves to its caller besides memory.
#pragma once

#if defined(__x86_64__)
#include <cpuid.h>
#endif

#include <cstdint>

namespace harness {

// Whether the upper halves of vector registers hold anything. Instructions of SSE, such as most of Node.js is
// made of, keep it, and wait for it: what runs after a kernel that leaves some there is slow, for
// microseconds. False where the CPU does not tell.
inline bool upper_halves_in_use() {
#if defined(__x86_64__)
  uint32_t a, b, c, d;
  constexpr uint32_t kTells = 1 << 2;
  static const bool tells = __get_cpuid_count(0xD, 1, &a, &b, &c, &d) && (a & kTells);
  if (!tells) return false;
  constexpr uint32_t kUpperHalves = 1 << 2 | 1 << 6;  // of ymm0 … 15, of zmm0 … 15
  uint32_t low, high;
  asm volatile("xgetbv" : "=a"(low), "=d"(high) : "c"(1));
  return low & kUpperHalves;
#else
  return false;
#endif
}

}  // namespace harness
