// The matrices of Paley that are the factors of most orders b · 2^m, for the compiler: every target is
// compiled with flags of its own, so nothing here is left to be run.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "table.h"

namespace fixed_classifier {

// Of the matrix of order q + 1, q = p^k: which elements of the field of q are no squares, a bit each, 0 among
// them.
struct Paley {
  size_t order;
  size_t characteristic;
  uint32_t no_squares;
};

constexpr Paley kPaley[] = {{12, 11, 0x5C5}, {20, 19, 0x4F50D}, {28, 3, 0x5AE443D}};

// The sum of two elements: that of their digits, modulo the characteristic.
consteval size_t field_sum(const Paley& paley, size_t a, size_t b) {
  const size_t p = paley.characteristic;
  size_t sum = 0;
  for (size_t unit = 1; unit < paley.order - 1; unit *= p) sum += (a / unit + b / unit) % p * unit;
  return sum;
}

// Whether the entry is −1: docs/codes.md, "Orders".
consteval bool is_negative(const Paley& paley, size_t row, size_t column) {
  return row > 0 && column > 0 && (paley.no_squares >> field_sum(paley, row - 1, column - 1)) & 1;
}

// Returns KroneckerFactor::terms of the matrix.
template <size_t order>
consteval auto paley_terms() {
  std::array<uint16_t, order * order / kFactorGroup> terms{};
  for (const Paley& paley : kPaley) {
    if (paley.order != order) continue;
    for (size_t i = 0; i < terms.size(); i++) {
      const size_t row = i / (order / kFactorGroup), group = i % (order / kFactorGroup);
      size_t s[kFactorGroup] = {};
      for (size_t k = 0; k < kFactorGroup; k++) s[k] = is_negative(paley, row, kFactorGroup * group + k);
      terms[i] = static_cast<uint16_t>(16 * group +
                                       ((s[0] ^ s[1]) | (s[0] ^ s[2]) << 1 | (s[2] ^ s[3]) << 2 | s[0] << 3));
    }
  }
  return terms;
}

template <size_t order>
constexpr auto kPaleyTerms = paley_terms<order>();

}  // namespace fixed_classifier
