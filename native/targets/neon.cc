#include "../simd/neon.h"

#include "../kernels/export.h"

namespace fixed_classifier {

extern const Target neon;
constinit const Target neon = {make_table("neon"), {}};

}  // namespace fixed_classifier
