#include "../../../native/simd/avx512.h"

namespace {
template <class Reg>
[[gnu::always_inline]] inline void opaque(Reg& a) {
  asm volatile("" : "+v"(a));
}
}  // namespace

#include "../limit.h"

namespace fixed_classifier {
extern const Limits l_avx512;
const Limits l_avx512 = make_limits("avx512");
}  // namespace fixed_classifier
