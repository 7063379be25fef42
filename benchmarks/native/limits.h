// What an instruction set can do at most.
#pragma once

#include <cstddef>

namespace fixed_classifier {

// A function makes a number of turns and returns how many additions those were.
struct Limits {
  const char* name;
  size_t (*float32)(size_t turns);
  size_t (*float64)(size_t turns);
  size_t (*int32)(size_t turns);
  size_t (*float32_both)(size_t turns);
};

// Returns null for an instruction set that limits.cc does not know; whether the CPU runs it is the caller's
// question.
const Limits* limits_of(const char* name);

}  // namespace fixed_classifier
