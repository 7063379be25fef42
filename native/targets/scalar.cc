#include "../simd/scalar.h"

#include "../kernels/export.h"

namespace fixed_classifier {

extern const Target scalar;
constinit const Target scalar = {make_table("scalar"), {}};

}  // namespace fixed_classifier
