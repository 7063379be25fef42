#include "head_table.h"

#include <algorithm>

#include "factor.h"

namespace fixed_classifier {
namespace {

// A segment has these fields in the table of JavaScript: block, row of the matrix, sign, first class, count.
constexpr size_t kSegmentFields = 5;

bool is_power_of_two(size_t n) { return n > 0 && (n & (n - 1)) == 0; }

// Takes the matrix B of the order and its transpose; returns false if they are not what a kernel expects.
// Signs have a row of words for every row of a matrix, a bit set for −1; without those of the transpose B is
// symmetric.
bool take_factor(HeadData& data, size_t order, const TypedArray<uint32_t>& signs,
                 const TypedArray<uint32_t>& transposed_signs) {
  if (order == 1) return is_power_of_two(data.head.order);
  data.factor_terms = factor_terms(order, signs);
  if (data.factor_terms.empty() || data.head.order % order != 0) return false;
  if (!is_power_of_two(data.head.order / order)) return false;
  data.factor = {order, data.factor_terms.data()};
  data.head.factor = data.head.transposed_factor = &data.factor;
  if (!transposed_signs.data) return true;
  data.transposed_terms = factor_terms(order, transposed_signs);
  data.transposed_factor = {order, data.transposed_terms.data()};
  data.head.transposed_factor = &data.transposed_factor;
  return !data.transposed_terms.empty();
}

// Copies the columns of features, if there are any; returns false if one is not in the matrix.
bool take_columns(HeadData& data, const TypedArray<int32_t>& columns) {
  if (!columns.data) return true;
  const auto inside = [&](int32_t column) {
    return column >= 0 && static_cast<size_t>(column) < data.head.order;
  };
  if (columns.length != data.head.features) return false;
  if (!std::all_of(columns.data, columns.data + columns.length, inside)) return false;
  data.columns.assign(columns.data, columns.data + columns.length);
  data.head.columns = data.columns.data();
  return true;
}

// Copies the tables of blocks; returns false if they would lead a kernel out of its arrays.
bool take_blocks(HeadData& data, const TypedArray<uint32_t>& masks, const TypedArray<int32_t>& fields) {
  Head& head = data.head;
  const size_t words = (head.order + 31) / 32;
  if (head.features == 0 || head.features > head.order) return false;
  if (fields.length == 0 || fields.length % kSegmentFields != 0 || masks.length % words != 0) return false;
  const size_t count = fields.length / kSegmentFields;
  data.masks.assign(masks.data, masks.data + masks.length);
  data.segments.reserve(count);
  data.blocks.resize(masks.length / words);
  size_t next_class = 0;
  size_t block_index = 0;
  for (size_t s = 0; s < count; s++) {
    const int32_t* f = fields.data + s * kSegmentFields;
    if (std::any_of(f, f + kSegmentFields, [&](const int32_t& v) { return v < 0 && &v != f + 2; }))
      return false;
    const size_t index = static_cast<size_t>(f[0]);
    const Segment segment{static_cast<size_t>(f[1]), f[2] < 0, static_cast<size_t>(f[3]),
                          static_cast<size_t>(f[4])};
    const size_t end = segment.hadamard_row + segment.count;
    if (index < block_index || index > block_index + 1 || index >= data.blocks.size()) return false;
    if (s == 0 && index != 0) return false;
    if (segment.first != next_class || end > head.order) return false;
    next_class += segment.count;
    block_index = index;
    data.segments.push_back(segment);
    Block& block = data.blocks[index];
    if (block.segment_count == 0) block.segments = &data.segments.back();
    block.segment_count++;
    block.hadamard_rows = std::max(block.hadamard_rows, end);
  }
  if (next_class != head.classes || block_index + 1 != data.blocks.size()) return false;
  for (size_t b = 0; b < data.blocks.size(); b++) {
    const uint32_t* mask = data.masks.data() + b * words;
    if (std::any_of(mask, mask + words, [](uint32_t word) { return word != 0; })) data.blocks[b].mask = mask;
  }
  head.blocks = data.blocks.data();
  head.block_count = data.blocks.size();
  head.segment_count = count;
  return true;
}

}  // namespace

bool HeadData::prepare_scratch(int threads) {
  while (scratch.size() < static_cast<size_t>(threads)) {
    auto one_more = std::make_unique<Scratch>(scratch_bytes());
    if (!one_more->get()) return false;
    scratch.push_back(std::move(one_more));
  }
  return true;
}

double HeadData::additions(size_t rows) const {
  const size_t factor_stages = head.factor ? head.factor->order / kFactorGroup : 0;
  const size_t stages = 1 + __builtin_ctzll(head.order) + factor_stages;
  const size_t row = head.block_count * head.order * stages + head.classes;
  return static_cast<double>(rows) * row;
}

SharedHead read_head(Arguments& arguments, const Executor& executor) {
  const SharedHead data = std::make_shared<HeadData>(executor);
  data->head.features = arguments.size();
  data->head.classes = arguments.size();
  data->head.order = arguments.size();
  data->head.unit = arguments.number();
  const TypedArray<uint32_t> masks = arguments.array<uint32_t>();
  const TypedArray<int32_t> segments = arguments.array<int32_t>();
  const size_t factor_order = arguments.size();
  const TypedArray<uint32_t> factor_signs = arguments.array<uint32_t>();
  const TypedArray<uint32_t> transposed_signs = arguments.optional_array<uint32_t>();
  const TypedArray<int32_t> columns = arguments.optional_array<int32_t>();
  if (!arguments.check(true)) return nullptr;
  const bool fits = take_factor(*data, factor_order, factor_signs, transposed_signs) &&
                    take_columns(*data, columns) && take_blocks(*data, masks, segments);
  return arguments.check(fits) ? data : nullptr;
}

}  // namespace fixed_classifier
