// Runs groups of random cases for some time: CONTRIBUTING.md, "Memory and threads".

#include <unistd.h>

#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <random>
#include <string>

#include "harness.h"

namespace harness {
namespace {

// A case that takes longer hangs.
constexpr unsigned kSecondsPerCase = 300;

constexpr const char* kUsage =
    "options:\n"
    "  --seconds N                 how long to go on (10)\n"
    "  --cases N                   how many cases instead\n"
    "  --seed N                    of the first case; each further case takes the next\n"
    "  --only GROUP                one of the groups\n"
    "  --instruction-sets A,B,...  of those that this CPU runs\n";

struct Options {
  double seconds = 10;
  uint64_t cases = UINT64_MAX;
  uint64_t seed = std::random_device()();
  std::string only;
  std::string instruction_sets;
};

[[noreturn]] void refuse(const std::string& reason) {
  fprintf(stderr, "%s\n%s", reason.c_str(), kUsage);
  exit(2);
}

Options read_options(int count, char** arguments) {
  Options options;
  for (int i = 1; i < count; i += 2) {
    const std::string name = arguments[i];
    if (i + 1 == count) refuse(name + " needs a value");
    const char* value = arguments[i + 1];
    if (name == "--seconds") {
      options.seconds = atof(value);
    } else if (name == "--cases") {
      options.cases = strtoull(value, nullptr, 10);
      options.seconds = HUGE_VAL;
    } else if (name == "--seed") {
      options.seed = strtoull(value, nullptr, 10);
    } else if (name == "--only") {
      options.only = value;
    } else if (name == "--instruction-sets") {
      options.instruction_sets = value;
    } else {
      refuse("no such option: " + name);
    }
  }
  return options;
}

std::vector<Group> chosen_groups(const std::string& only) {
  std::vector<Group> chosen;
  std::string names;
  for (const Group& group : groups) {
    if (only.empty() || only == group.name) chosen.push_back(group);
    names += std::string(" ") + group.name;
  }
  if (chosen.empty()) refuse("no such group: " + only + "; there are:" + names);
  return chosen;
}

void run(const Options& options) {
  using Clock = std::chrono::steady_clock;
  const std::vector<Group> chosen = chosen_groups(options.only);
  const Clock::time_point start = Clock::now();
  const auto elapsed = [&] { return std::chrono::duration<double>(Clock::now() - start).count(); };
  uint64_t done = 0;
  for (; done < options.cases && elapsed() < options.seconds; done++) {
    context.seed = options.seed + done;
    for (const Group& group : chosen) {
      alarm(kSecondsPerCase);
      context.group = group.name;
      Random random(context.seed);
      group.run(random);
    }
  }
  for (const Group& group : chosen) printf("%s ", group.name);
  printf("… %llu cases from seed %llu in %.1f s\n", static_cast<unsigned long long>(done),
         static_cast<unsigned long long>(options.seed), elapsed());
}

}  // namespace
}  // namespace harness

int main(int count, char** arguments) {
  const harness::Options options = harness::read_options(count, arguments);
  if (!harness::choose_instruction_sets(options.instruction_sets))
    harness::refuse("no such instruction set here: " + options.instruction_sets);
  harness::context.program = arguments[0];
  harness::tell_replay_on_crash();
  harness::run(options);
}
