#include "../../../native/simd/scalar.h"

namespace {
template <class T>
[[gnu::always_inline]] inline void opaque(T& a) {
#if defined(__x86_64__) || defined(_M_X64)
  asm volatile("" : "+x"(a));
#else
  asm volatile("" : "+w"(a));
#endif
}
template <>
[[gnu::always_inline]] inline void opaque(int32_t& a) {
  asm volatile("" : "+r"(a));
}
}  // namespace

#include "../limit.h"

namespace fixed_classifier {
extern const Limits l_scalar;
const Limits l_scalar = make_limits("scalar");
}  // namespace fixed_classifier
