// Rounds sub-vectors to signed rows of a Sylvester matrix, as many at a time as a register has elements:
// docs/numerics.md, "Product codes".
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>

#include "signed_rows.h"

namespace {

// The widest sub-vector.
constexpr size_t kWidest = 32;

// Sums of so many elements stay finite below it.
constexpr float kLargestSummed = 0x1p120f;

inline F32::reg size_of(F32::reg a) { return F32::max(a, F32::negate(a)); }

// Brings elements k of sub-vectors of `width` together, in register k. Sub-vectors begin in lanes of their
// own registers where they are narrower than one.
template <class V, int stride>
inline void gather_entries(typename V::reg* a, size_t count) {
  if constexpr (stride >= 1) {
    for (size_t i = 0; i < count && stride < count; i++) {
      if (i & stride) continue;
      const typename V::reg low = a[i];
      const typename V::reg high = a[i + stride];
      a[i] = V::template blend<stride>(low, V::template swap<stride>(high));
      a[i + stride] = V::template blend<stride>(V::template swap<stride>(low), high);
    }
    gather_entries<V, stride / 2>(a, count);
  }
}

// Sub-vectors side by side: element k of all of them is t[k].
struct SideBySide {
  const size_t width;
  F32::reg t[kWidest];

  void take(const float* weights) {
    if (width <= F32::width) {
      for (size_t i = 0; i < width; i++) t[i] = F32::load(weights + i * F32::width);
      gather_entries<F32, F32::width / 2>(t, width);
      return;
    }
    for (size_t q = 0; q < width; q += F32::width) {
      for (size_t l = 0; l < F32::width; l++) t[q + l] = F32::load(weights + l * width + q);
      gather_entries<F32, F32::width / 2>(t + q, F32::width);
    }
  }

  // Which of the sub-vectors taken is in lane l.
  size_t subvector(size_t l) const {
    const int bits = __builtin_ctzll(width);
    return width <= F32::width ? (l & (width - 1)) * (F32::width >> bits) + (l >> bits) : l;
  }

  F32::reg largest() const {
    F32::reg most = size_of(t[0]);
    for (size_t k = 1; k < width; k++) most = F32::max(size_of(t[k]), most);
    return most;
  }

  // Divides the sub-vectors whose sums might not be finite.
  void divide(F32::reg most) {
    alignas(64) float size[F32::width], part[F32::width];
    F32::store(size, most);
    for (size_t k = 0; k < width; k++) {
      F32::store(part, t[k]);
      for (size_t l = 0; l < F32::width; l++)
        if (size[l] > kLargestSummed) part[l] /= static_cast<float>(width);
      t[k] = F32::load(part);
    }
  }

  void transform() {
    for (size_t h = width / 2; h >= 1; h /= 2) {
      for (size_t k = 0; k < width; k++) {
        if (k & h) continue;
        const F32::reg a = t[k];
        const F32::reg b = t[k + h];
        t[k] = F32::add(a, b);
        t[k + h] = F32::sub(a, b);
      }
    }
  }

  // Writes the first of the largest entries of each sub-vector, and `width` more where it is negative.
  void write_rows(uint8_t* out) const {
    const F32::reg most = largest();
    // Of entries that are the largest the first one gives the most: two a row, and one if it is not negative.
    F32::reg found = F32::broadcast(0.0f);
    for (size_t k = 0; k < width; k++) {
      const F32::reg not_negative = F32::zero_below(t[k], 0.0f, F32::broadcast(1.0f));
      const F32::reg row = F32::add(F32::broadcast(static_cast<float>(2 * (width - k))), not_negative);
      found = F32::max(F32::zero_below(F32::sub(size_of(t[k]), most), 0.0f, row), found);
    }
    alignas(64) float lanes[F32::width];
    F32::store(lanes, found);
    for (size_t l = 0; l < F32::width; l++) {
      const size_t row = static_cast<size_t>(static_cast<int>(lanes[l]));
      out[subvector(l)] = static_cast<uint8_t>(width - row / 2 + (row & 1 ? 0 : width));
    }
  }
};

// Rounds rows of weights.
void nearest_rows(const float* weights, size_t rows, size_t features, size_t width, uint8_t* out,
                  bool* finite) {
  const size_t count = (features + width - 1) / width;
  SideBySide subvectors{width, {}};
  F32::reg not_finite = F32::broadcast(0.0f);
  for (size_t r = 0; r < rows; r++, weights += features, out += count) {
    for (size_t j = 0; j < count; j += F32::width) {
      const size_t left = features - j * width;
      if (left >= F32::width * width) {
        subvectors.take(weights + j * width);
      } else {
        float filled[F32::width * kWidest] = {};
        memcpy(filled, weights + j * width, left * sizeof(float));
        subvectors.take(filled);
      }
      for (size_t k = 0; k < width; k++)
        not_finite = F32::add(not_finite, F32::mul(subvectors.t[k], F32::broadcast(0.0f)));
      const F32::reg most = subvectors.largest();
      if (F32::greater_mask(most, F32::broadcast(kLargestSummed))) subvectors.divide(most);
      subvectors.transform();
      uint8_t written[F32::width] = {};
      const bool whole = count - j >= F32::width;
      subvectors.write_rows(whole ? out + j : written);
      if (!whole) memcpy(out + j, written, count - j);
    }
  }
  // 0 by infinity or NaN is no number.
  alignas(64) float lanes[F32::width];
  F32::store(lanes, not_finite);
  *finite = true;
  for (const float lane : lanes) *finite &= lane == 0;
}

}  // namespace
