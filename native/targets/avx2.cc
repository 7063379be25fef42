#include "../simd/avx2.h"

#include "../kernels/export.h"

namespace fixed_classifier {
extern const Kernels k_avx2;
const Kernels k_avx2 = make_table("avx2");
}  // namespace fixed_classifier
