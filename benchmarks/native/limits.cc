#include "limits.h"

#include <cstring>

namespace fixed_classifier {

#if defined(__x86_64__) || defined(_M_X64)
extern const Limits l_avx512, l_avx2, l_sse2;
#elif defined(__aarch64__) || defined(_M_ARM64)
extern const Limits l_neon;
#endif
extern const Limits l_scalar;

const Limits* limits_of(const char* name) {
  const Limits* const all[] = {
#if defined(__x86_64__) || defined(_M_X64)
    &l_avx512,
    &l_avx2,
    &l_sse2,
#elif defined(__aarch64__) || defined(_M_ARM64)
    &l_neon,
#endif
    &l_scalar
  };
  for (const Limits* limits : all) {
    if (std::strcmp(limits->name, name) == 0) return limits;
  }
  return nullptr;
}

}  // namespace fixed_classifier
