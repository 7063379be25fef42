#include "../../../native/simd/sse2.h"

namespace {
template <class Reg>
[[gnu::always_inline]] inline void opaque(Reg& a) {
  asm volatile("" : "+v"(a));
}
}  // namespace

#include "../limit.h"

namespace fixed_classifier {
extern const Limits l_sse2;
const Limits l_sse2 = make_limits("sse2");
}  // namespace fixed_classifier
