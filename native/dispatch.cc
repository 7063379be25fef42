#include "dispatch.h"

#include "cpu.h"

namespace fixed_classifier {

#if defined(__x86_64__) || defined(_M_X64)
extern const Target avx512, avx2, sse2;
#elif defined(__aarch64__) || defined(_M_ARM64)
extern const Target neon;
#endif
extern const Target scalar;

namespace {

// All targets of the architecture, the best first. Every CPU has what the last one needs.
constexpr const Target* kTargets[] = {
#if defined(__x86_64__) || defined(_M_X64)
    &avx512, &avx2, &sse2,
#elif defined(__aarch64__) || defined(_M_ARM64)
    &neon,
#endif
    &scalar};

bool has(const CpuFeatures& cpu, const CpuFeatures& needs) {
  return (needs.leaf1_ecx & ~cpu.leaf1_ecx) == 0 && (needs.leaf7_ebx & ~cpu.leaf7_ebx) == 0 &&
         (needs.saved & ~cpu.saved) == 0;
}

}  // namespace

std::vector<const Kernels*> available_kernels() {
  const CpuFeatures cpu = cpu_features();
  std::vector<const Kernels*> available;
  for (const Target* target : kTargets) {
    if (has(cpu, target->needs)) available.push_back(&target->kernels);
  }
  return available;
}

}  // namespace fixed_classifier
