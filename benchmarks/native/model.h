// The limit of a transform: what its kernel does, by what the ports of the core take.
#pragma once

#include <vector>

#include "runs.h"

namespace fixed_classifier {

// What a transform takes at least, each port by itself, in nanoseconds.
struct Bounds {
  double additions;  // if there were nothing but additions
  double vector;     // additions and shuffles, by whichever pipes differences go
  double loads, stores;
  double memory;  // loads and stores together
};

// The core as it is at the moment.
class Model {
 public:
  // Of rows of `row_length` elements. Where a register is one element there are additions only.
  Model(const Ports& ports, size_t row_length, size_t rows, double clock);
  Bounds measure() const;

 private:
  // A loop, and how many of its steps there are.
  struct Part {
    Run run;
    double steps = 0;
    double time() const { return steps == 0 ? 0 : steps / run.steps_per_second() * 1e9; }
  };
  Part additions_, loads_, stores_, copies_;
  // One for each way to share out the differences.
  std::vector<Part> vector_;
};

}  // namespace fixed_classifier
