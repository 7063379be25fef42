// What the CPU, and the operating system on it, can do beyond what every CPU of the architecture can. Targets
// state what they need of it, so this is plain data without code of its own.
#pragma once

#include <cstdint>

namespace fixed_classifier {

// Bits that CPUID and XGETBV give. All are zero on other architectures than x64, which has nothing to choose.
struct CpuFeatures {
  uint32_t leaf1_ecx = 0;
  uint32_t leaf7_ebx = 0;
  uint64_t saved = 0;  // which registers the operating system saves: others are not to be used
};

// Values of `saved`, which is XCR0: the lower halves of vector registers and the upper ones; then also masks,
// the upper halves of the 512 bits, and the sixteen further registers.
constexpr uint64_t kSaves256Bits = 0b110;
constexpr uint64_t kSaves512Bits = 0b1110'0110;

CpuFeatures cpu_features();

}  // namespace fixed_classifier
