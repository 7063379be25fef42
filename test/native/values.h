// Numbers such as users have, and such as break kernels.
#pragma once

#include <cmath>
#include <cstdint>
#include <limits>
#include <vector>

#include "random.h"

namespace harness {

template <class T>
T special(Random& random) {
  using Limits = std::numeric_limits<T>;
  const T specials[] = {
      Limits::quiet_NaN(), Limits::infinity(), -Limits::infinity(), T(-0.0), T(0), Limits::max(),
      Limits::lowest(),    Limits::min(),      Limits::denorm_min()};
  return specials[random.below(std::size(specials))];
}

template <class T>
void fill_row(Random& random, T* row, size_t count) {
  const size_t kind = random.below(8);
  const T size = kind == 1   ? std::numeric_limits<T>::max()
                 : kind == 2 ? std::numeric_limits<T>::min()
                 : kind == 3 ? std::sqrt(std::numeric_limits<T>::max())
                             : T(1);
  for (size_t i = 0; i < count; i++) row[i] = static_cast<T>(random.between_ones()) * size;
  if (kind == 4) {
    for (size_t i = 0; i < count; i++) row[i] = T(0);
  }
  if (kind == 5) {  // ties
    for (size_t i = 0; i < count; i++) row[i] = static_cast<T>(random.below(3)) - 1;
  }
  if (kind == 6 && count > 0) row[random.below(count)] = special<T>(random);
}

template <>
inline void fill_row(Random& random, int32_t* row, size_t count) {
  const int shift = random.chance(0.5) ? 0 : 24;
  for (size_t i = 0; i < count; i++) row[i] = static_cast<int32_t>(random.bits()) >> shift;
}

template <class T>
std::vector<T> random_rows(Random& random, size_t rows, size_t length) {
  std::vector<T> values(rows * length);
  for (size_t r = 0; r < rows; r++) fill_row(random, values.data() + r * length, length);
  return values;
}

}  // namespace harness
