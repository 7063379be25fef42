#include "../simd/sse2.h"

#include "../kernels/export.h"

namespace fixed_classifier {
extern const Kernels k_sse2;
const Kernels k_sse2 = make_table("sse2");
}  // namespace fixed_classifier
