#include "../simd/neon.h"

#include "../kernels/export.h"

namespace fixed_classifier {
extern const Kernels k_neon;
const Kernels k_neon = make_table("neon");
}  // namespace fixed_classifier
