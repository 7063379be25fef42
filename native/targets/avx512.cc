#include "../simd/avx512.h"

#include <cpuid.h>

#include "../kernels/export.h"

namespace fixed_classifier {

extern const Target avx512;
// AVX-512F includes what else its flags let the compiler use.
constinit const Target avx512 = {
    make_table("avx512"),
    {.leaf1_ecx = bit_FMA, .leaf7_ebx = bit_AVX512F | bit_AVX512DQ, .saved = kSaves512Bits}};

}  // namespace fixed_classifier
