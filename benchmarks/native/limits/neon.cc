#include "../../../native/simd/neon.h"

namespace {
template <class Reg>
[[gnu::always_inline]] inline void opaque(Reg& a) {
  asm volatile("" : "+w"(a));
}
}  // namespace

#include "../limit.h"

namespace fixed_classifier {
extern const Limits l_neon;
const Limits l_neon = make_limits("neon");
}  // namespace fixed_classifier
