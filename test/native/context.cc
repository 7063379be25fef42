#include "context.h"

#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstdarg>
#include <cstdio>
#include <cstdlib>

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#include <sanitizer/common_interface_defs.h>
#endif

namespace harness {

Context context;

namespace {

// It may run in a signal handler, so it allocates nothing and uses no stream.
void tell_replay() {
  char line[1024];
  const int length = snprintf(line, sizeof line, "in %s %s; again: %s --seed %llu --cases 1 --only %s\n",
                              context.operation, context.instruction_set, context.program,
                              static_cast<unsigned long long>(context.seed), context.group);
  const size_t most = sizeof line - 1;
  if (write(STDERR_FILENO, line, std::min(static_cast<size_t>(length), most)) < 0) _exit(1);
}

}  // namespace

void fail(const char* format, ...) {
  va_list arguments;
  va_start(arguments, format);
  vfprintf(stderr, format, arguments);
  va_end(arguments);
  fputc('\n', stderr);
  tell_replay();
  _exit(1);
}

void tell_replay_on_crash() {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
  // A handler of our own would take the place of the sanitizer's report.
  __sanitizer_set_death_callback(tell_replay);
  const int signals[] = {SIGALRM};
#else
  const int signals[] = {SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGABRT, SIGALRM};
#endif
  struct sigaction action = {};
  action.sa_handler = [](int) { tell_replay(); };
  // The signal comes again after the handler, and then does what it does by default.
  action.sa_flags = static_cast<int>(SA_RESETHAND);
  for (const int signal : signals) sigaction(signal, &action, nullptr);
}

}  // namespace harness
