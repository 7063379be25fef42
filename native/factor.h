// The matrix B of an order b · 2^m, from JavaScript's table of signs to the kernels'.
#pragma once

#include <cstdint>
#include <vector>

#include "arguments.h"
#include "kernels.h"

namespace fixed_classifier {

// KroneckerFactor::terms of a matrix of this order; `signs` has ⌈order / 32⌉ words a row, bit set: −1. Empty
// if order or length is impossible, or the first column has a −1.
std::vector<uint16_t> factor_terms(size_t order, const TypedArray<uint32_t>& signs);

}  // namespace fixed_classifier
