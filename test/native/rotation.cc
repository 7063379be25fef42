// Compares rotations with the steps of docs/numerics.md, done one after the other.
#include <cmath>

#include "../../native/paley.h"
#include "arrays.h"
#include "groups.h"
#include "heads.h"
#include "stages.h"
#include "values.h"

namespace harness {

using fixed_classifier::Kernels;
using fixed_classifier::KroneckerFactor;
using fixed_classifier::Rotation;

namespace {

// A rotation that native/rotation.cc lets through; of a factor, the second terms are those of its transpose.
struct RotationShape {
  size_t length;
  size_t order;
  size_t factor_order;  // 1: a power of two
  size_t rounds;
  std::vector<uint16_t> terms;
  std::vector<uint16_t> transposed;
  std::vector<uint32_t> masks;

  size_t words() const { return (order + 31) / 32; }
  size_t words_of_round() const { return (order < length ? 3 : 1) * words(); }
};

RotationShape random_rotation(Random& random) {
  RotationShape shape{};
  shape.rounds = random.between(1, 3);
  shape.factor_order = random.chance(0.3) ? 4 * random.between(1, random.chance(0.1) ? 64 : 10) : 1;
  shape.order = shape.factor_order << random.below(random.chance(0.1) ? 12 : 9);
  shape.length = shape.order;
  if (shape.factor_order > 1) {
    shape.terms = random_terms(random, shape.factor_order);
    shape.transposed = random_terms(random, shape.factor_order);
  } else if (random.chance(0.6)) {
    shape.length += random.below(shape.order);
  }
  shape.masks.resize(shape.rounds * shape.words_of_round());
  for (uint32_t& word : shape.masks) word = static_cast<uint32_t>(random.bits());
  return shape;
}

float scale_of(size_t order) { return static_cast<float>(1 / std::sqrt(static_cast<double>(order))); }

// The steps, on one row.
class Steps {
 public:
  Steps(const RotationShape& shape, float* x) : shape_(shape), x_(x) {}

  void round(const uint32_t* mask) {
    const size_t last = shape_.length - shape_.order;
    if (last == 0) {
      for (size_t i = 0; i < shape_.length; i++) x_[i] = signed_by(mask, i, x_[i] * scale_);
      return transform(x_, shape_.terms);
    }
    mix(mask, true);
    transform(x_, {});
    for (size_t i = last; i < shape_.order; i++) x_[i] *= scale_;
    sign(x_ + last, mask + 2 * shape_.words());
    transform(x_ + last, {});
  }

  void undo_round(const uint32_t* mask) {
    const size_t last = shape_.length - shape_.order;
    if (last == 0) {
      transform(x_, shape_.transposed);
      for (size_t i = 0; i < shape_.length; i++) x_[i] = signed_by(mask, i, x_[i] * scale_);
      return;
    }
    transform(x_ + last, {});
    for (size_t i = last; i < shape_.order; i++) x_[i] *= scale_;
    sign(x_ + last, mask + 2 * shape_.words());
    transform(x_, {});
    mix(mask, false);
  }

 private:
  static float signed_by(const uint32_t* mask, size_t i, float a) {
    return (mask[i / 32] >> (i % 32)) & 1 ? -a : a;
  }
  void sign(float* x, const uint32_t* mask) {
    for (size_t i = 0; i < shape_.order; i++) x[i] = signed_by(mask, i, x[i]);
  }

  void mix(const uint32_t* mask, bool signs_first) {
    const size_t half = shape_.length / 2;
    const size_t second = shape_.length - half;
    const uint32_t* other = mask + shape_.words();
    const float scale = scale_of(2 * shape_.order);
    for (size_t i = 0; i < half; i++) {
      float a = x_[i] * scale;
      float b = x_[second + i] * scale;
      if (signs_first) {
        a = signed_by(mask, i, a);
        b = signed_by(other, i, b);
      }
      x_[i] = signs_first ? a + b : signed_by(mask, i, a + b);
      x_[second + i] = signs_first ? a - b : signed_by(other, i, a - b);
    }
    if (half < second) x_[half] = signed_by(mask, half, x_[half] * scale_);
  }

  void transform(float* x, const std::vector<uint16_t>& terms) {
    const size_t stride = shape_.order / shape_.factor_order;
    if (!terms.empty()) factor_stage(terms, shape_.factor_order, x, stride, 0, stride);
    stages(x, shape_.order, stride / 2, 1);
  }

  const RotationShape& shape_;
  float* x_;
  const float scale_ = scale_of(shape_.order);
};

void expected_rotation(const RotationShape& shape, float* x, size_t rows, bool inverse) {
  for (size_t r = 0; r < rows; r++) {
    Steps steps(shape, x + r * shape.length);
    for (size_t k = 0; k < shape.rounds; k++) {
      const size_t round = inverse ? shape.rounds - 1 - k : k;
      const uint32_t* mask = shape.masks.data() + round * shape.words_of_round();
      if (inverse) {
        steps.undo_round(mask);
      } else {
        steps.round(mask);
      }
    }
  }
}

}  // namespace

void test_rotation(Random& random) {
  context.operation = "rotate";
  const RotationShape shape = random_rotation(random);
  const size_t rows = random.below(4);
  const bool inverse = random.chance(0.5);
  const std::vector<float> source = random_rows<float>(random, rows, shape.length);
  Arrays model(random);
  expected_rotation(shape, model.in_out("x", source), rows, inverse);
  expect_everywhere(model.results(), [&](const Kernels& kernels) {
    Arrays arrays(random);
    Rotation rotation{};
    KroneckerFactor factor{};
    KroneckerFactor transposed{};
    if (shape.factor_order > 1) {
      factor = fixed_classifier::factor_of(shape.factor_order, arrays.in("terms", shape.terms));
      transposed =
          fixed_classifier::factor_of(shape.factor_order, arrays.in("transposed terms", shape.transposed));
      rotation.factor = &factor;
      rotation.transposed = &transposed;
    }
    rotation.length = shape.length;
    rotation.order = shape.order;
    rotation.rounds = shape.rounds;
    rotation.masks = arrays.in("masks", shape.masks);
    rotation.scale = scale_of(shape.order);
    rotation.scale_of_halves = scale_of(2 * shape.order);
    kernels.rotate(rotation, arrays.in_out("x", source), rows, inverse);
    return arrays.results();
  });
}

}  // namespace harness
