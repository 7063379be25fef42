#include "../simd/scalar.h"

#include "../kernels/export.h"

namespace fixed_classifier {
extern const Kernels k_scalar;
const Kernels k_scalar = make_table("scalar");
}  // namespace fixed_classifier
