// Which kernels this CPU runs.
#pragma once

#include <vector>

#include "kernels.h"

namespace fixed_classifier {

// Best first; never empty.
std::vector<const Kernels*> available_kernels();

}  // namespace fixed_classifier
