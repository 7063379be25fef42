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

// Returns what is left of a length without its factor; 0 if it has no such factor.
inline size_t power_of(size_t length, const KroneckerFactor& factor) {
  return length % factor.order == 0 ? length / factor.order : 0;
}

}  // namespace fixed_classifier
