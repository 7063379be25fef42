// What an instruction set can do at most.
#pragma once

#include <cstddef>
#include <cstdint>

namespace fixed_classifier {

// A function makes a number of turns and returns how many additions those were.
struct Limits {
  const char* name;
  size_t (*float32)(size_t turns);
  size_t (*float64)(size_t turns);
  size_t (*int32)(size_t turns);
  size_t (*float32_both)(size_t turns);
  // Returns the sum of words, for which they have to be read.
  uint32_t (*read)(const uint32_t* words, size_t count);
};

// Returns null for an instruction set that limits.cc does not know; whether the CPU runs it is the caller's
// question.
const Limits* limits_of(const char* name);

}  // namespace fixed_classifier
