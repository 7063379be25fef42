// Compares the transform and its parts with the stages of docs/numerics.md, done one after the other.
#include <algorithm>

#include "../../native/paley.h"
#include "arrays.h"
#include "groups.h"
#include "heads.h"
#include "stages.h"
#include "values.h"

namespace harness {

using fixed_classifier::Kernels;
using fixed_classifier::KroneckerFactor;

namespace {

constexpr size_t kMostElements = size_t{1} << 16;

// Returns the results of a kernel that has one array, x, and works in place.
template <class T, class Work>
Results in_place(Random& random, const std::vector<T>& source, const Work& work) {
  Arrays arrays(random);
  work(arrays, arrays.in_out("x", source));
  return arrays.results();
}

template <class T>
void multiply(T* x, size_t count, T multiplier) {
  for (size_t i = 0; i < count; i++) x[i] *= multiplier;
}
void multiply(int32_t* x, size_t count, int shift) {
  for (size_t i = 0; i < count; i++) x[i] >>= shift;
}

template <class T>
T random_multiplier(Random& random, size_t n) {
  const double multipliers[] = {1, 1 / static_cast<double>(n), 1 / std::sqrt(static_cast<double>(n)),
                                random.between_ones()};
  return static_cast<T>(multipliers[random.below(std::size(multipliers))]);
}

template <class T, class Multiplier>
void fwht(Random& random, const char* name, size_t n, Multiplier multiplier,
          void (*Kernels::*kernel)(T*, size_t, size_t, Multiplier)) {
  context.operation = name;
  const size_t rows = random.below(std::min<size_t>(6, kMostElements / n + 1));
  const std::vector<T> source = random_rows<T>(random, rows, n);
  const Results expected = in_place(random, source, [&](Arrays&, T* x) {
    for (size_t r = 0; r < rows; r++) stages(x + r * n, n, n / 2, 1);
    multiply(x, rows * n, multiplier);
  });
  expect_everywhere(expected, [&](const Kernels& kernels) {
    return in_place(random, source, [&](Arrays&, T* x) { (kernels.*kernel)(x, n, rows, multiplier); });
  });
}

// Does all stages of one column of n elements that are `stride` apart.
template <class T>
void column_stages(T* x, size_t n, size_t stride) {
  std::vector<T> column(n);
  for (size_t i = 0; i < n; i++) column[i] = x[i * stride];
  stages(column.data(), n, n / 2, 1);
  for (size_t i = 0; i < n; i++) x[i * stride] = column[i];
}

template <class T>
void factor(Random& random, const char* name, void (*Kernels::*kernel)(const KroneckerFactor&, T*, size_t)) {
  context.operation = name;
  const size_t order = 4 * random.between(1, random.chance(0.1) ? fixed_classifier::kMaxFactorOrder / 4 : 10);
  const size_t stride = size_t{1} << random.below(random.chance(0.1) ? 9 : 6);
  const std::vector<uint16_t> terms = random_terms(random, order);
  const std::vector<T> source = random_rows<T>(random, 1, order * stride);
  const Results expected =
      in_place(random, source, [&](Arrays&, T* x) { factor_stage(terms, order, x, stride, 0, stride); });
  expect_everywhere(expected, [&](const Kernels& kernels) {
    return in_place(random, source, [&](Arrays& arrays, T* x) {
      (kernels.*kernel)(fixed_classifier::factor_of(order, arrays.in("terms", terms)), x, stride);
    });
  });
}

template <class T>
void factor_columns(Random& random, const char* name,
                    void (*Kernels::*kernel)(const KroneckerFactor&, T*, size_t, size_t, size_t)) {
  context.operation = name;
  const size_t order = 4 * random.between(1, random.chance(0.1) ? fixed_classifier::kMaxFactorOrder / 4 : 10);
  const size_t stride = random.between(1, random.chance(0.1) ? 500 : 50);
  const size_t from = random.below(stride);
  const size_t to = from + random.below(stride - from + 1);
  const std::vector<uint16_t> terms = random_terms(random, order);
  const std::vector<T> source = random_rows<T>(random, 1, order * stride);
  const Results expected =
      in_place(random, source, [&](Arrays&, T* x) { factor_stage(terms, order, x, stride, from, to); });
  expect_everywhere(expected, [&](const Kernels& kernels) {
    return in_place(random, source, [&](Arrays& arrays, T* x) {
      (kernels.*kernel)(fixed_classifier::factor_of(order, arrays.in("terms", terms)), x, stride, from, to);
    });
  });
}

// Rows of so many elements make a block that is too large for any second-level cache.
size_t large_inner(Random& random, size_t n) { return (size_t{1} << 20) / n + random.between(1, 100); }

template <class T, class Multiplier>
void transform_columns(Random& random, const char* name, size_t n, Multiplier multiplier,
                       void (*Kernels::*kernel)(T*, size_t, size_t, size_t, Multiplier)) {
  context.operation = name;
  const bool large = n >= 1024 && random.chance(0.1);
  const size_t inner = large ? large_inner(random, n) : random.between(1, random.chance(0.1) ? 1000 : 70);
  const size_t blocks = random.below(std::min<size_t>(4, kMostElements / (n * inner) + 1));
  const std::vector<T> source = random_rows<T>(random, blocks * n, inner);
  const Results expected = in_place(random, source, [&](Arrays&, T* x) {
    for (size_t b = 0; b < blocks; b++) {
      for (size_t j = 0; j < inner; j++) column_stages(x + b * n * inner + j, n, inner);
    }
    multiply(x, blocks * n * inner, multiplier);
  });
  expect_everywhere(expected, [&](const Kernels& kernels) {
    return in_place(random, source,
                    [&](Arrays&, T* x) { (kernels.*kernel)(x, n, inner, blocks, multiplier); });
  });
}

template <class T>
void columns(Random& random, const char* name, void (*Kernels::*kernel)(T*, size_t, size_t, size_t)) {
  context.operation = name;
  const size_t eighth = random.between(1, random.chance(0.1) ? 5000 : 200);
  const size_t n = 8 * eighth;
  const size_t from = random.below(eighth);
  const size_t to = from + random.below(eighth - from + 1);
  const std::vector<T> source = random_rows<T>(random, 1, n);
  const Results expected = in_place(random, source, [&](Arrays&, T* x) {
    for (size_t j = from; j < to; j++) column_stages(x + j, 8, eighth);
  });
  expect_everywhere(expected, [&](const Kernels& kernels) {
    return in_place(random, source, [&](Arrays&, T* x) { (kernels.*kernel)(x, n, from, to); });
  });
}

}  // namespace

void test_transform(Random& random) {
  const size_t stages = random.below(random.chance(0.1) ? 16 : 12);
  const size_t n = size_t{1} << stages;
  const int shift = random.chance(0.5) ? 0 : static_cast<int>(stages);
  fwht(random, "fwht_f32", n, random_multiplier<float>(random, n), &Kernels::fwht_f32);
  fwht(random, "fwht_f64", n, random_multiplier<double>(random, n), &Kernels::fwht_f64);
  fwht(random, "fwht_i32", n, shift, &Kernels::fwht_i32);
}

void test_factor(Random& random) {
  factor(random, "factor_f32", &Kernels::factor_f32);
  factor(random, "factor_f64", &Kernels::factor_f64);
  factor(random, "factor_i32", &Kernels::factor_i32);
  factor_columns(random, "factor_columns_f32", &Kernels::factor_columns_f32);
  factor_columns(random, "factor_columns_f64", &Kernels::factor_columns_f64);
  factor_columns(random, "factor_columns_i32", &Kernels::factor_columns_i32);
}

void test_columns(Random& random) {
  columns(random, "columns_f32", &Kernels::columns_f32);
  columns(random, "columns_f64", &Kernels::columns_f64);
  columns(random, "columns_i32", &Kernels::columns_i32);
  const size_t stages = random.below(random.chance(0.1) ? 13 : 9);
  const size_t n = size_t{1} << stages;
  const int shift = random.chance(0.5) ? 0 : static_cast<int>(random.below(32));
  transform_columns(random, "transform_columns_f32", n, random_multiplier<float>(random, n),
                    &Kernels::transform_columns_f32);
  transform_columns(random, "transform_columns_f64", n, random_multiplier<double>(random, n),
                    &Kernels::transform_columns_f64);
  transform_columns(random, "transform_columns_i32", n, shift, &Kernels::transform_columns_i32);
}

}  // namespace harness
