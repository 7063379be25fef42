// A program that tries random cases: `main.cc` with the groups of one of `kernels.cc` and `pool.cc`.
#pragma once

#include <string>
#include <vector>

#include "context.h"
#include "random.h"

namespace harness {

// Tests that belong together. Each call tries one case.
struct Group {
  const char* name;
  void (*run)(Random& random);
};
extern const std::vector<Group> groups;

// Which instruction sets to test, by names between commas; empty: all. False if none of them is here.
bool choose_instruction_sets(const std::string& names);

}  // namespace harness
