#include "dispatch.h"

namespace fixed_classifier {

#if defined(__x86_64__) || defined(_M_X64)
extern const Kernels k_avx512, k_avx2, k_sse2;
#elif defined(__aarch64__) || defined(_M_ARM64)
extern const Kernels k_neon;
#endif
extern const Kernels k_scalar;

std::vector<const Kernels*> available_kernels() {
  std::vector<const Kernels*> available;
#if defined(__x86_64__) || defined(_M_X64)
  // The compiler's own check asks the operating system too: registers that it does not save are not there.
  __builtin_cpu_init();
  const bool fma = __builtin_cpu_supports("fma");
  const bool avx2 = fma && __builtin_cpu_supports("avx2");
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
