#include "factor.h"

namespace fixed_classifier {

std::vector<uint16_t> factor_terms(size_t order, const TypedArray<uint32_t>& signs) {
  const size_t words = (order + 31) / 32;
  if (order == 0 || order % kFactorGroup != 0 || order > kMaxFactorOrder || signs.length != order * words)
    return {};
  std::vector<uint16_t> terms;
  terms.reserve(order * order / kFactorGroup);
  for (size_t r = 0; r < order; r++) {
    const auto negative = [&](size_t k) { return (signs.data[r * words + k / 32] >> (k % 32)) & 1; };
    if (negative(0)) return {};
    for (size_t g = 0; g < order / kFactorGroup; g++) {
      const uint32_t s0 = negative(4 * g), s1 = negative(4 * g + 1), s2 = negative(4 * g + 2),
                     s3 = negative(4 * g + 3);
      terms.push_back(
          static_cast<uint16_t>(16 * g + ((s0 ^ s1) | (s0 ^ s2) << 1 | (s2 ^ s3) << 2 | s0 << 3)));
    }
  }
  return terms;
}

}  // namespace fixed_classifier
