// What an instruction set can do at most, in loops of steps that do not wait for each other.
#pragma once

#include <cstddef>
#include <cstdint>

namespace fixed_classifier {

// Makes a number of turns and returns how many steps those were.
using Loop = size_t (*)(size_t turns);

// What a kernel does for its rows, in registers.
struct Counts {
  size_t loads, stores;
};

// Is told of every load and store.
using Touch = void (*)(const void* p);

// The most stages across registers that rows of 2^20 elements have.
constexpr int kMostStages = 20;

constexpr int kShares = 4;

// The ports of one element type.
struct Ports {
  size_t width;
  // The steps are additions of elements.
  Loop add;
  // The steps are registers, loaded from or stored to the first-level cache, or both.
  Loop load, store, copy;
  // The steps are registers that go through a number of stages across registers, and through all within
  // them. None, a third, half or all of the differences across are by the pipes that multiply. Null where a
  // register is one element, and where there is no such difference.
  Loop stages[kShares][kMostStages + 1];
  // The same without stages within: the steps are additions of registers.
  Loop across;
  // Transforms the rows at x and counts; `touch` may be null. Null like the stages.
  Counts (*count)(void* x, size_t row_length, size_t rows, Touch touch);
  // Loads and stores what is at p again, register by register.
  void (*sweep)(void* p, size_t bytes);
};

struct Limits {
  const char* name;
  Ports float32, float64, int32;
  // The steps are additions and differences by turns, element by element.
  Loop float32_both;
  // The steps are cycles.
  Loop cycle;
  // Returns the sum of words, for which they have to be read.
  uint32_t (*read)(const uint32_t* words, size_t count);
};

// Returns null for an instruction set that limits.cc does not know; whether the CPU runs it is the caller's
// question.
const Limits* limits_of(const char* name);

}  // namespace fixed_classifier
