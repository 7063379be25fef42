// What is being done, for the message of a failure.
#pragma once

#include <cstdint>

namespace harness {

struct Context {
  const char* program = "";
  uint64_t seed = 0;
  const char* group = "";
  const char* operation = "";
  const char* instruction_set = "";
};
extern Context context;

// Tells what is wrong and how to do it again, and ends the process.
[[noreturn, gnu::format(printf, 1, 2)]] void fail(const char* format, ...);

// A crash and the end of a sanitizer tell how to do it again too.
void tell_replay_on_crash();

}  // namespace harness
