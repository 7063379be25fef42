// What a backend of JavaScript runs on: the kernels of one instruction set, and threads.
#pragma once

#include <algorithm>
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

// Elements that the second caches of two cores hold.
constexpr size_t kCached = size_t{1} << 19;

// Into how many tasks rows are cut that are transformed in place by several threads. Rows that stay in the
// caches are one task a thread, which mostly gets the rows that it had last time: those of another core take
// longer to come than a thread waits for the other. Of more there are several, for whoever is faster.
inline size_t tasks_of(size_t rows, size_t row_length, int threads) {
  const auto count = static_cast<size_t>(threads);
  return std::min(rows, row_length * rows <= kCached ? count : 8 * count);
}

}  // namespace fixed_classifier
