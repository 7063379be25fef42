// The state that a kernel leaves to its caller besides memory.
#pragma once

#if defined(__x86_64__)
#include <cpuid.h>
#endif

#include <cstdint>

namespace harness {

#if defined(__x86_64__)

// What the CPU says of bits 128 … 255 of its vector registers; whoever writes to others above writes to
// these.
inline bool says_in_use() {
  constexpr uint32_t kUpperHalves = 1 << 2;
  uint32_t low, high;
  asm volatile("xgetbv" : "=a"(low), "=d"(high) : "c"(1));
  return low & kUpperHalves;
}

// Whether it keeps account of that at all: after they were cleared it must say so.
inline bool keeps_account() {
  constexpr uint32_t kKnowsQuestion = 1 << 2;
  uint32_t a, b, c, d;
  if (!__builtin_cpu_supports("avx") || !__get_cpuid_count(0xD, 1, &a, &b, &c, &d) || !(a & kKnowsQuestion))
    return false;
  asm volatile("vzeroupper" ::: "memory");
  return !says_in_use();
}

// Whether the upper halves of vector registers hold anything. Instructions of SSE, such as most of Node.js is
// made of, keep it, and wait for it: what runs after a kernel that leaves something there is slow. False
// where the CPU does not tell.
inline bool upper_halves_in_use() {
  static const bool asked = keeps_account();
  return asked && says_in_use();
}

#else

inline bool upper_halves_in_use() { return false; }

#endif

}  // namespace harness
