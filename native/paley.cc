#include "paley.h"

#include <algorithm>

#include "kernels/paley.h"

namespace fixed_classifier {
namespace {

template <size_t order>
bool are_those_of_paley(const uint16_t* terms) {
  return std::equal(kPaleyTerms<order>.begin(), kPaleyTerms<order>.end(), terms);
}

bool is_paley(size_t order, const uint16_t* terms) {
  switch (order) {
    case 12:
      return are_those_of_paley<12>(terms);
    case 20:
      return are_those_of_paley<20>(terms);
    case 28:
      return are_those_of_paley<28>(terms);
    default:
      return false;
  }
}

}  // namespace

KroneckerFactor factor_of(size_t order, const uint16_t* terms) {
  return {order, terms, is_paley(order, terms)};
}

}  // namespace fixed_classifier
