#include "../simd/avx512.h"

#include "../kernels/export.h"

namespace fixed_classifier {
extern const Kernels k_avx512;
const Kernels k_avx512 = make_table("avx512");
}  // namespace fixed_classifier
