#include "../simd/sse2.h"

#include "../kernels/export.h"

namespace fixed_classifier {

extern const Target sse2;
constinit const Target sse2 = {make_table("sse2"), {}};

}  // namespace fixed_classifier
