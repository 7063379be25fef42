#include "dispatch.h"

#if defined(__x86_64__) || defined(_M_X64)
#include <cpuid.h>
#endif

namespace fixed_classifier {

#if defined(__x86_64__) || defined(_M_X64)
extern const Kernels k_avx512, k_avx2, k_sse2;
#elif defined(__aarch64__) || defined(_M_ARM64)
extern const Kernels k_neon;
#endif
extern const Kernels k_scalar;

#if defined(__x86_64__) || defined(_M_X64)
namespace {

// Not every compiler's own check knows it. Its registers are those of AVX.
bool has_f16c() {
  unsigned a, b, c, d;
  return __get_cpuid(1, &a, &b, &c, &d) && (c & bit_F16C);
}

}  // namespace
#endif

std::vector<const Kernels*> available_kernels() {
  std::vector<const Kernels*> available;
#if defined(__x86_64__) || defined(_M_X64)
  // The compiler's own check asks the operating system too: registers that it does not save are not there.
  __builtin_cpu_init();
  const bool fma = __builtin_cpu_supports("fma");
  const bool avx2 = fma && has_f16c() && __builtin_cpu_supports("avx2");
  if (avx2 && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq"))
    available.push_back(&k_avx512);
  if (avx2) available.push_back(&k_avx2);
  available.push_back(&k_sse2);
#elif defined(__aarch64__) || defined(_M_ARM64)
  available.push_back(&k_neon);
#endif
  available.push_back(&k_scalar);
  return available;
}

}  // namespace fixed_classifier
