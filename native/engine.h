// What a backend of JavaScript runs on.
#pragma once

#include <cstddef>

#include "kernels.h"
#include "pool.h"

namespace fixed_classifier {

struct Engine {
  const Kernels* kernels;
  int threads;

  // How many threads a call of about this many additions is worth: waking one takes about as long as a
  // million.
  int threads_for(double additions) const { return additions < 4e6 ? 1 : threads; }
};

}  // namespace fixed_classifier
