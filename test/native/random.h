// Random numbers from a seed, the same on every machine.
#pragma once

#include <cstddef>
#include <cstdint>

namespace harness {

class Random {
 public:
  explicit Random(uint64_t seed) : state_(seed) {}

  // SplitMix64: Steele, Lea and Flood, "Fast splittable pseudorandom number generators", 2014.
  uint64_t bits() {
    uint64_t z = state_ += 0x9E3779B97F4A7C15;
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
    return z ^ (z >> 31);
  }
  size_t below(size_t n) { return bits() % n; }
  size_t between(size_t from, size_t to) { return from + below(to - from + 1); }
  bool chance(double p) { return unit() < p; }
  // In [0, 1).
  double unit() { return static_cast<double>(bits() >> 11) * 0x1p-53; }
  double between_ones() { return 2 * unit() - 1; }
  // Small more often than large, as edges lie there; never above `most`.
  size_t small_up_to(size_t most) {
    const size_t reach = size_t{1} << between(1, 63 - __builtin_clzll(most | 2));
    return below((chance(0.1) || reach > most ? most : reach) + 1);
  }

 private:
  uint64_t state_;
};

}  // namespace harness
