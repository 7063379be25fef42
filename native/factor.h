// The matrix B of an order b · 2^m, from JavaScript's table of signs to the kernels'.
#pragma once

#include <cstdint>
#include <vector>

#include "arguments.h"
#include "kernels.h"

namespace fixed_classifier {

// Returns KroneckerFactor::terms of a matrix of this order, whose signs have ⌈order / 32⌉ words a row, a bit
// set for −1. Returns none if order or length is impossible, or the first column has a −1.
std::vector<uint16_t> factor_terms(size_t order, const TypedArray<uint32_t>& signs);

}  // namespace fixed_classifier
