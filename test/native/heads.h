// Heads of every shape that native/head.cc lets through, and no others.
#pragma once

#include <vector>

#include "arrays.h"
#include "random.h"

namespace harness {

struct Shape {
  size_t features;
  size_t classes;
  size_t order;
  size_t factor_order;  // 1: a power of two
  double unit;
  std::vector<uint16_t> terms;             // of the factor
  std::vector<uint16_t> transposed_terms;  // those of another random matrix
  std::vector<uint32_t> columns;           // empty: feature i in column i
  std::vector<uint32_t> masks;             // mask_words() a block
  size_t width = 0;                        // of signed rows; 0: there are none
  size_t stages = 1;
  std::vector<uint32_t> packed;
  std::vector<float> magnitudes;  // empty: 1

  struct Block {
    bool mask;
    std::vector<fixed_classifier::Segment> segments;
  };
  std::vector<Block> blocks;

  size_t mask_words() const { return (order + 31) / 32; }
};

Shape random_shape(Random& random);

// A shape as the kernels take it, in memory that is watched.
class PlacedHead {
 public:
  PlacedHead(Arrays& arrays, const Shape& shape);
  PlacedHead(const PlacedHead&) = delete;
  PlacedHead& operator=(const PlacedHead&) = delete;

  fixed_classifier::Head head{};

 private:
  fixed_classifier::KroneckerFactor factor_{};
  fixed_classifier::KroneckerFactor transposed_factor_{};
  fixed_classifier::SignedRows signed_rows_{};
};

// KroneckerFactor::terms of a random matrix of signs with a first column of ones: nothing in a kernel asks
// that it be a Hadamard matrix. Those of Paley that kernels know are among them.
std::vector<uint16_t> random_terms(Random& random, size_t order);

}  // namespace harness
