#include "cpu.h"

#if defined(__x86_64__) || defined(_M_X64)
#include <cpuid.h>
#endif

namespace fixed_classifier {

#if defined(__x86_64__) || defined(_M_X64)

// __builtin_cpu_supports would know all this, but Clang does not link it in a shared object, nor on Windows.
CpuFeatures cpu_features() {
  CpuFeatures features;
  unsigned eax, ebx, ecx, edx;
  if (__get_cpuid(1, &eax, &ebx, &ecx, &edx)) features.leaf1_ecx = ecx;
  if (__get_cpuid_count(7, 0, &eax, &ebx, &ecx, &edx)) features.leaf7_ebx = ebx;
  if (features.leaf1_ecx & bit_OSXSAVE) {  // only then there is the instruction
    uint32_t low, high;
    asm volatile("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
    features.saved = static_cast<uint64_t>(high) << 32 | low;
#ifdef __APPLE__
    // macOS saves the registers of 512 bits from their first use on, and tells only then.
    features.saved |= kSaves512Bits;
#endif
  }
  return features;
}

#else

CpuFeatures cpu_features() { return {}; }

#endif

}  // namespace fixed_classifier
