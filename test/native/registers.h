// The state that a kernel leaves to its caller besides memory.
#pragma once

#if defined(__x86_64__)
#include <cpuid.h>
#endif

#include <cstdint>

#include "../../native/cpu.h"

namespace harness {

#if defined(__x86_64__)

// The bit of the upper halves among the kinds of registers.
constexpr uint32_t kUpperHalves = 1 << 2;

// What the CPU says of bits 128 … 255 of its vector registers; whoever writes to others above writes to
// these.
inline bool says_in_use() {
  uint32_t low, high;
  asm volatile("xgetbv" : "=a"(low), "=d"(high) : "c"(1));
  return low & kUpperHalves;
}

// Whether the CPU keeps account of that at all: after they were cleared it must say so.
inline bool keeps_account() {
  constexpr uint32_t kKnowsQuestion = 1 << 2;
  uint32_t a, b, c, d;
  const uint64_t saved = fixed_classifier::cpu_features().saved;
  if (!(saved & kUpperHalves) || !__get_cpuid_count(0xD, 1, &a, &b, &c, &d) || !(a & kKnowsQuestion))
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
