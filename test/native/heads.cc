#include "heads.h"

#include <algorithm>
#include <cmath>

#include "../../native/kernels/paley.h"
#include "../../native/paley.h"

namespace harness {

using fixed_classifier::Block;
using fixed_classifier::kGroup;
using fixed_classifier::kMaxFactorOrder;
using fixed_classifier::kMaxStages;
using fixed_classifier::kSignedRowsSegment;
using fixed_classifier::Segment;
using fixed_classifier::SignedRows;

namespace {

constexpr size_t kMostClasses = 20'000;

// Returns, half of the time, a width that ends a stage or is beside one: there kernels change their way.
size_t random_part(Random& random, size_t whole) {
  if (random.chance(0.5)) return random.between(1, whole);
  const size_t edge = std::max<size_t>(1, whole >> random.below(4));
  return std::clamp<size_t>(edge + random.below(3) - 1, 1, whole);
}

void choose_order(Random& random, Shape& shape) {
  shape.factor_order =
      random.chance(0.4) ? 4 * random.between(1, random.chance(0.1) ? kMaxFactorOrder / 4 : 12) : 1;
  const size_t largest = shape.factor_order == 1 ? 12 : 5;
  const size_t stages = random.chance(0.05) ? largest + 2 : random.below(largest + 1);
  shape.order = shape.factor_order << stages;
  if (shape.factor_order == 1) return;
  shape.terms = random_terms(random, shape.factor_order);
  shape.transposed_terms = random_terms(random, shape.factor_order);
}

void choose_columns(Random& random, Shape& shape) {
  shape.columns.resize(shape.order);
  for (size_t i = 0; i < shape.order; i++) shape.columns[i] = static_cast<uint32_t>(i);
  for (size_t i = shape.order - 1; i > 0; i--)
    std::swap(shape.columns[i], shape.columns[random.below(i + 1)]);
  shape.columns.resize(shape.features);
}

void add_segment(Random& random, Shape& shape, size_t row, size_t count) {
  shape.blocks.back().segments.push_back({row, random.chance(0.5), shape.classes, count});
  shape.classes += count;
}

void add_random_segment(Random& random, Shape& shape) {
  const size_t row = random.chance(0.3) ? 0 : random.below(shape.order);
  const size_t space = std::min(shape.order - row, kMostClasses);
  add_segment(random, shape, row, random.chance(0.05) ? 0 : random_part(random, space));
}

void add_block(Random& random, Shape& shape, bool masked) {
  shape.blocks.push_back({masked, {}});
  for (size_t w = 0; w < shape.mask_words(); w++) {
    shape.masks.push_back(masked ? static_cast<uint32_t>(random.bits()) : 0);
  }
}

// Makes one block and one segment, with the features as they are: for these kernels have shortcuts.
void make_plain(Random& random, Shape& shape) {
  shape.features = shape.order;
  add_block(random, shape, false);
  const size_t row = random.chance(0.5) && shape.order > 1 ? 1 : random.below(shape.order);
  add_segment(random, shape, row, random_part(random, shape.order - row));
}

void make_any(Random& random, Shape& shape) {
  shape.features = random_part(random, shape.order);
  if (random.chance(0.3)) choose_columns(random, shape);
  const size_t blocks = random.chance(0.4) ? 1 : random.between(2, 5);
  for (size_t b = 0; b < blocks; b++) {
    add_block(random, shape, random.chance(0.7));
    do {
      add_random_segment(random, shape);
    } while (random.chance(0.5));
  }
}

SignedRows rows_of(size_t features, size_t width, size_t stages) {
  const size_t count = (features + width - 1) / width;
  const size_t per_word = width <= 8 ? 8 : 4;
  return {width, count, (count + per_word - 1) / per_word, stages, nullptr, nullptr};
}

// Makes short signed rows.
void make_signed_rows(Random& random, Shape& shape) {
  shape.width = size_t{2} << random.below(5);
  shape.stages = random.chance(0.5) ? 1 : random.between(1, kMaxStages);
  shape.features = random.between(shape.width, random.chance(0.1) ? 1500 : 200);
  shape.classes = random.chance(0.3) ? random.between(1000, 3000) : random.between(1, 150);
  shape.factor_order = 1;
  const size_t groups = (shape.classes + kGroup - 1) / kGroup;
  shape.order = std::min(kSignedRowsSegment, groups * kGroup);
  shape.packed.resize(groups * kGroup * shape.stages *
                      rows_of(shape.features, shape.width, shape.stages).words);
  if (shape.stages > 1 || random.chance(0.3)) {
    shape.magnitudes.resize(groups * kGroup * shape.stages);
    for (float& magnitude : shape.magnitudes) magnitude = static_cast<float>(2 * random.unit());
  }
  const uint32_t row = static_cast<uint32_t>(shape.width - 1);
  const uint32_t field = shape.width <= 8 ? (row | 0x8) * 0x11111111 : (row | 0x80) * 0x01010101;
  for (uint32_t& word : shape.packed) word = static_cast<uint32_t>(random.bits()) & field;
  for (size_t first = 0; first < shape.classes; first += kSignedRowsSegment) {
    shape.blocks.push_back({false, {{0, false, first, std::min(kSignedRowsSegment, shape.classes - first)}}});
  }
}

}  // namespace

std::vector<uint16_t> random_terms(Random& random, size_t order) {
  const auto terms_of = [](const auto& terms) { return std::vector<uint16_t>(terms.begin(), terms.end()); };
  if (random.chance(0.7)) {
    if (order == 12) return terms_of(fixed_classifier::kPaleyTerms<12>);
    if (order == 20) return terms_of(fixed_classifier::kPaleyTerms<20>);
    if (order == 28) return terms_of(fixed_classifier::kPaleyTerms<28>);
  }
  std::vector<uint16_t> terms(order * order / 4);
  for (size_t i = 0; i < terms.size(); i++) {
    const size_t group = i % (order / 4);
    terms[i] = static_cast<uint16_t>(16 * group + random.below(group == 0 ? 8 : 16));
  }
  return terms;
}

Shape random_shape(Random& random) {
  Shape shape{};
  do {
    shape = {};
    if (random.chance(0.2)) {
      make_signed_rows(random, shape);
      break;
    }
    choose_order(random, shape);
    if (shape.factor_order == 1 && random.chance(0.4)) {
      make_plain(random, shape);
    } else {
      make_any(random, shape);
    }
  } while (shape.classes == 0 || shape.classes > kMostClasses);
  shape.unit = random.chance(0.1) ? -1 : 1 / std::sqrt(static_cast<double>(shape.features));
  return shape;
}

PlacedHead::PlacedHead(Arrays& arrays, const Shape& shape) {
  head.features = shape.features;
  head.classes = shape.classes;
  head.order = shape.order;
  head.unit = shape.unit;
  if (shape.factor_order > 1) {
    factor_ = fixed_classifier::factor_of(shape.factor_order, arrays.in("terms", shape.terms));
    head.factor = &factor_;
    transposed_factor_ = fixed_classifier::factor_of(shape.factor_order,
                                                     arrays.in("transposed terms", shape.transposed_terms));
    head.transposed_factor = &transposed_factor_;
  }
  if (shape.width > 0) {
    signed_rows_ = rows_of(shape.features, shape.width, shape.stages);
    signed_rows_.packed = arrays.in("packed", shape.packed);
    if (!shape.magnitudes.empty()) signed_rows_.magnitudes = arrays.in("magnitudes", shape.magnitudes);
    head.signed_rows = &signed_rows_;
  }
  if (!shape.columns.empty()) head.columns = arrays.in("columns", shape.columns);

  const uint32_t* masks = arrays.in("masks", shape.masks);
  std::vector<Segment> segments;
  for (const Shape::Block& block : shape.blocks) {
    segments.insert(segments.end(), block.segments.begin(), block.segments.end());
  }
  const Segment* placed = arrays.in("segments", segments);
  std::vector<Block> blocks;
  for (size_t b = 0; b < shape.blocks.size(); b++) {
    const Shape::Block& block = shape.blocks[b];
    size_t rows = 0;
    for (const Segment& segment : block.segments) rows = std::max(rows, segment.hadamard_row + segment.count);
    blocks.push_back(
        {block.mask ? masks + b * shape.mask_words() : nullptr, rows, placed, block.segments.size()});
    placed += block.segments.size();
  }
  head.blocks = arrays.in("blocks", blocks);
  head.block_count = blocks.size();
  head.segment_count = segments.size();
}

}  // namespace harness
