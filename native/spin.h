// Waiting for another thread without falling asleep.
#pragma once

#include <chrono>

namespace fixed_classifier {

// Leaves the core to whoever shares it while this thread waits.
inline void relax() {
#if defined(__x86_64__) || defined(_M_X64)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  asm volatile("yield");
#endif
}

// Returns whether the condition came true within 50 µs. Falling asleep and being woken up takes longer than
// most calls last, and calls follow each other.
template <class Condition>
bool spin_until(const Condition& condition) {
  const auto end = std::chrono::steady_clock::now() + std::chrono::microseconds(50);
  do {
    for (int i = 0; i < 50; i++) {
      if (condition()) return true;
      relax();
    }
  } while (std::chrono::steady_clock::now() < end);
  return false;
}

}  // namespace fixed_classifier
