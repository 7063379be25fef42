// Finds out whether a matrix B is one that kernels have instructions for.
#pragma once

#include <cstddef>
#include <cstdint>

#include "kernels.h"

namespace fixed_classifier {

// Returns the factor of this order that has these terms.
KroneckerFactor factor_of(size_t order, const uint16_t* terms);

}  // namespace fixed_classifier
