// Every kernel of every instruction set, in random shapes, placed where a step outside is noticed, and
// compared bit by bit.
#include "../../native/dispatch.h"
#include "arrays.h"
#include "groups.h"
#include "harness.h"

namespace harness {

// A kernel that nothing here drives: add it to a group, then count it.
static_assert(sizeof(fixed_classifier::Kernels) == 31 * sizeof(void*));

const std::vector<Group> groups = {{"transform", test_transform},
                                   {"factor", test_factor},
                                   {"columns", test_columns},
                                   {"rotation", test_rotation},
                                   {"decode", test_decode},
                                   {"round", test_round},
                                   {"head", test_head}};

Machine machine;

bool choose_instruction_sets(const std::string& names) {
  const auto chosen = [&](const std::string& name) {
    return names.empty() || ("," + names + ",").find("," + name + ",") != std::string::npos;
  };
  const std::vector<const fixed_classifier::Kernels*> available = fixed_classifier::available_kernels();
  machine.scalar = available.back();
  for (const fixed_classifier::Kernels* kernels : available) {
    if (chosen(kernels->name)) machine.tested.push_back(kernels);
  }
  return !machine.tested.empty();
}

}  // namespace harness
