// Loops of steps, in runs of a few microseconds.
#pragma once

#include <algorithm>
#include <chrono>
#include <vector>

#include "limits.h"

namespace fixed_classifier {

using Clock = std::chrono::steady_clock;

// A run is long against the clock's own time, and short against the time between two interruptions.
constexpr double kRun = 4000;

inline double since(Clock::time_point start) {
  return std::chrono::duration<double, std::nano>(Clock::now() - start).count();
}

// Returns what two looks at the clock take with nothing between them.
inline double clock_time() {
  double least = 1e9;
  for (int i = 0; i < 100; i++) least = std::min(least, since(Clock::now()));
  return least;
}

constexpr size_t kLeastRuns = 5;

// Integer additions keep all that a core can start at a time busy. Where they are slower than this fraction
// of the fastest seen, another program has a share of the core, on its other hardware thread perhaps, and
// what was measured beside them does not count. If there is nothing else, measuring goes on for up to so many
// times as long.
constexpr double kUndisturbed = 0.97;
constexpr double kPatience = 5;

inline double median(std::vector<double> values) {
  const auto middle = values.begin() + values.size() / 2;
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

template <class Work>
double time_of(double clock, const Work& work) {
  const Clock::time_point start = Clock::now();
  work();
  return since(start) - clock;
}

class Run {
 public:
  Run() = default;
  Run(Loop loop, double clock) : loop_(loop), clock_(clock) {
    size_t turns = 1;
    double best = 0;
    for (; best < kRun / 8; turns *= 2) {
      best = 1e9;
      for (int i = 0; i < 5; i++) best = std::min(best, time_of(clock, [&] { loop(turns); }));
      turns_ = std::max(size_t{1}, static_cast<size_t>(static_cast<double>(turns) * kRun / best));
    }
  }
  double steps_per_second() const {
    size_t steps = 0;
    const double time = time_of(clock_, [&] { steps = loop_(turns_); });
    return static_cast<double>(steps) / time * 1e9;
  }

 private:
  Loop loop_ = nullptr;
  double clock_ = 0;
  size_t turns_ = 0;
};

}  // namespace fixed_classifier
