// What a backend of JavaScript runs on: the kernels of one instruction set, and threads.
#pragma once

#include <cstddef>

#include "kernels.h"
#include "pool.h"

namespace fixed_classifier {

struct Executor {
  const Kernels* kernels;
  int threads;

  // How many threads a call of about this many additions is worth. So many take some ten microseconds,
  // and to hand over half of them takes one.
  int threads_for(size_t additions) const { return additions < 350000 ? 1 : threads; }
};

}  // namespace fixed_classifier
