#include "../../../native/simd/avx2.h"

namespace {
template <class Reg>
[[gnu::always_inline]] inline void opaque(Reg& a) {
  asm volatile("" : "+v"(a));
}
}  // namespace

#include "../limit.h"

namespace fixed_classifier {
extern const Limits l_avx2;
const Limits l_avx2 = make_limits("avx2");
}  // namespace fixed_classifier
