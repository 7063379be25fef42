// The limit of a transform: what its kernel does, by what the ports of the core take.
#pragma once

#include <vector>

#include "caches.h"
#include "runs.h"

namespace fixed_classifier {

// What a transform takes at least, each port by itself, in nanoseconds.
struct Bounds {
  double additions;  // if there were nothing but additions
  double vector;     // additions and shuffles, by whichever pipes differences go
  double loads, stores;
  double memory;  // loads and stores together
  double caches;  // lines that come from the second level and from beyond it, each loaded and stored once

  // Additions alone are the limit where there is no other, and are among the vector's where there is.
  double of_ports() const { return std::max({vector > 0 ? vector : additions, loads, stores, memory}); }
  double largest() const { return std::max(of_ports(), caches); }
};

// A sweep over memory that is larger than a cache, a piece at a time: the lines come from the level behind.
class Sweep {
 public:
  Sweep() = default;
  Sweep(void (*sweep)(void*, size_t), size_t bytes, double clock);
  // Returns the nanoseconds of a line.
  double time_of_line();

 private:
  void (*sweep_)(void*, size_t) = nullptr;
  double clock_ = 0;
  std::vector<unsigned char> memory_;
  size_t at_ = 0;
};

// The core as it is at the moment.
class Model {
 public:
  // Of rows of `row_length` elements. Where a register is one element there are additions only.
  Model(const Ports& ports, size_t row_length, size_t rows, double clock);
  Bounds measure();

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
  Fills fills_ = {};
  Sweep second_, beyond_;
};

}  // namespace fixed_classifier
