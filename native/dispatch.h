// The choice of kernels by CPU.
#pragma once

#include <vector>

#include "kernels.h"

namespace fixed_classifier {

// Returns the kernels that this CPU runs, the best first; never none.
std::vector<const Kernels*> available_kernels();

}  // namespace fixed_classifier
