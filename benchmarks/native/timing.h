// Times of kernels alone: everything between two looks at the clock is C++.
#pragma once

#include <napi.h>

#include "../../native/kernels.h"
#include "model.h"

namespace fixed_classifier {

// Returns the steps per second of a loop, the median of many short runs.
double steps_per_second(Loop loop, double nanoseconds);

// Medians of short runs, each measured beside the limits: what else the machine does hits both or, mostly,
// neither.
struct Timing {
  double nanoseconds;  // for the whole array
  Bounds bounds;       // for the same
  double fraction;     // of the largest bound
  double of_additions, of_ports, of_caches;
};

// Transforms the whole array in place, row by row. An array of floating point holds afterwards what it held
// before, but for rounding.
template <class T>
Timing time_transform(const Kernels& kernels, const Limits& limits, T* x, size_t n, size_t row_length,
                      double nanoseconds);

template <class T>
void transform(const Kernels& kernels, T* x, size_t n, size_t row_length);

}  // namespace fixed_classifier
