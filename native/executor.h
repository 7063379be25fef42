// What a backend of JavaScript runs on: the kernels of one instruction set, and threads.
#pragma once

#include <cstddef>

#include "kernels.h"
#include "pool.h"

namespace fixed_classifier {

struct Executor {
  const Kernels* kernels;
  int threads;

  // How many threads a call of about this many additions is worth. 350,000 take some ten microseconds, and to
  // hand over half of them to a thread that is awake takes one; to wake it takes thirty, where a call of four
  // million takes a hundred.
  int threads_for(size_t additions) const {
    if (never_shares(additions)) return 1;
    const bool follows = follows_another();
    return follows || additions >= 4000000 ? threads : 1;
  }

  // Whether it is worth one thread at all times.
  bool never_shares(size_t additions) const { return threads == 1 || additions < 350000; }
};

}  // namespace fixed_classifier
