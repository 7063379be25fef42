// The stages of a transform as docs/numerics.md has them, one after the other.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace harness {

// Does the stage of stride h, for the pairs (i, i + h) that `wanted` lets through.
template <class T, class Wanted>
void stage(T* x, size_t n, size_t h, const Wanted& wanted) {
  for (size_t i = 0; i < n; i++) {
    if ((i & h) || !wanted(i)) continue;
    const T a = x[i];
    const T b = x[i + h];
    x[i] = a + b;
    x[i + h] = a - b;
  }
}

template <class T>
void stages(T* x, size_t n, size_t first, size_t last) {
  for (size_t h = first; h >= last && h > 0; h /= 2) stage(x, n, h, [](size_t) { return true; });
}

// Does the stage of B for columns [from, to); KroneckerFactor::terms says what the numbers mean.
template <class T>
void factor_stage(const std::vector<uint16_t>& terms, size_t order, T* x, size_t stride, size_t from,
                  size_t to) {
  std::vector<T> y(order);
  for (size_t j = from; j < to; j++) {
    for (size_t r = 0; r < order; r++) {
      for (size_t g = 0; g < order / 4; g++) {
        const unsigned term = terms[r * (order / 4) + g] % 16;
        const T* four = x + 4 * g * stride + j;
        const T first = (term & 1) ? four[0] - four[stride] : four[0] + four[stride];
        const T second =
            (term & 4) ? four[2 * stride] - four[3 * stride] : four[2 * stride] + four[3 * stride];
        const T sum = (term & 2) ? first - second : first + second;
        const T signed_sum = (term & 8) ? -sum : sum;
        y[r] = g == 0 ? signed_sum : y[r] + signed_sum;
      }
    }
    for (size_t r = 0; r < order; r++) x[r * stride + j] = y[r];
  }
}

}  // namespace harness
