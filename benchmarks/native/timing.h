// Times of kernels alone: everything between two looks at the clock is C++.
#pragma once

#include <napi.h>

#include "../../native/kernels.h"
#include "limits.h"

namespace fixed_classifier {

using AddUp = size_t (*)(size_t turns);

// Returns the additions per second of one of the functions of Limits, the median of many short runs.
double additions_per_second(AddUp add_up, double nanoseconds);

// Medians of short runs, each measured beside a run of the limit: what else the machine does hits both or,
// mostly, neither.
struct Timing {
  double nanoseconds;           // for one transform
  double additions_per_second;  // the limit
  double fraction;              // of the limit
};

// Transforms the whole array in place. An array of floating point holds afterwards what it held before, but
// for rounding.
template <class T>
Timing time_transform(const Kernels& kernels, const Limits& limits, AddUp add_up, T* x, size_t n,
                      double nanoseconds);

template <class T>
void transform(const Kernels& kernels, T* x, size_t n);

}  // namespace fixed_classifier
