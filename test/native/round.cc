// Compares rounding to signed rows with its definition, written out.
#include <cmath>
#include <vector>

#include "arrays.h"
#include "groups.h"
#include "values.h"

namespace harness {

using fixed_classifier::Kernels;

namespace {

constexpr size_t kWidths[] = {2, 4, 8, 16, 32};

// Returns row ρ of the Sylvester matrix that is nearest to a sub-vector, with the width added where it is
// negated. The transform is that of docs/numerics.md: halves first, in float32.
uint8_t nearest_row(std::vector<float> t) {
  const size_t width = t.size();
  float largest = 0;
  for (const float v : t) largest = std::fmax(largest, std::fabs(v));
  if (largest > 0x1p120f) {
    for (float& v : t) v /= static_cast<float>(width);
  }
  for (size_t h = width / 2; h >= 1; h /= 2) {
    const std::vector<float> before = t;
    for (size_t k = 0; k < width; k++) {
      t[k] = k & h ? before[k - h] - before[k] : before[k] + before[k + h];
    }
  }
  size_t row = 0;
  for (size_t k = 1; k < width; k++) {
    if (std::fabs(t[k]) > std::fabs(t[row])) row = k;
  }
  return static_cast<uint8_t>(t[row] < 0 ? row + width : row);
}

}  // namespace

void test_round(Random& random) {
  context.operation = "nearest_rows";
  const size_t width = kWidths[random.below(std::size(kWidths))];
  const size_t features = 1 + random.small_up_to(600);
  const size_t rows = random.small_up_to(9);
  const size_t count = (features + width - 1) / width;
  const std::vector<float> weights = random_rows<float>(random, rows, features);

  bool finite = true;
  for (const float weight : weights) finite &= std::isfinite(weight);
  Arrays model(random);
  bool* expected_finite = model.out<bool>("finite", 1);
  *expected_finite = finite;
  uint8_t* expected = finite ? model.out<uint8_t>("out", rows * count) : nullptr;
  for (size_t i = 0; finite && i < rows * count; i++) {
    const size_t from = i / count * features + i % count * width;
    std::vector<float> subvector(width);
    for (size_t k = 0; k < width && i % count * width + k < features; k++) subvector[k] = weights[from + k];
    expected[i] = nearest_row(subvector);
  }

  expect_everywhere(model.results(), [&](const Kernels& kernels) {
    Arrays arrays(random);
    const float* placed = arrays.in("weights", weights);
    bool* is_finite = arrays.out<bool>("finite", 1);
    // What is written for weights that are not finite has no meaning, but it must stay inside.
    Arrays unread(random);
    uint8_t* out = (finite ? arrays : unread).out<uint8_t>("out", rows * count);
    kernels.nearest_rows(placed, rows, features, width, out, is_finite);
    unread.results();
    return arrays.results();
  });
}

}  // namespace harness
