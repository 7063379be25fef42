// What a backend of JavaScript runs on.
#pragma once

#include <cstddef>

#include "kernels.h"
#include "pool.h"

namespace fixed_classifier {

struct Engine {
  const Kernels* kernels;
  int threads;

  // How many threads a call of about this many additions is worth: below, fewer than some ten microseconds
  // would be saved.
  int threads_for(double additions) const { return additions < 1e6 ? 1 : threads; }
};

}  // namespace fixed_classifier
