#include "../simd/avx2.h"

#include <cpuid.h>

#include "../kernels/export.h"

namespace fixed_classifier {

extern const Target avx2;
constinit const Target avx2 = {
    make_table("avx2"),
    {.leaf1_ecx = bit_AVX | bit_FMA | bit_F16C, .leaf7_ebx = bit_AVX2, .saved = kSaves256Bits}};

}  // namespace fixed_classifier
