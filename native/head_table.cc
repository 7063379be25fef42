#include "head_table.h"

#include <algorithm>
#include <new>
#include <vector>

#include "factor.h"
#include "paley.h"

namespace fixed_classifier {
namespace {

// A segment has these fields in the table of JavaScript: block, row of the matrix, sign, first class, count.
constexpr size_t kSegmentFields = 5;

// Words of signed rows from so many on are not copied: that would double the memory of a large head.
constexpr size_t kSharedWords = size_t{1} << 18;
constexpr size_t kPackedArgument = 4;

bool is_power_of_two(size_t n) { return n > 0 && (n & (n - 1)) == 0; }

// The tables as JavaScript hands them over.
struct GivenTables {
  TypedArray<uint32_t> masks;
  TypedArray<int32_t> segments;
  TypedArray<int32_t> columns;
  std::vector<uint16_t> factor_terms;
  std::vector<uint16_t> transposed_terms;  // none where B is symmetric

  size_t segment_count() const { return segments.length / kSegmentFields; }
};

// Takes arrays out of the bytes behind a record, those of the largest elements first.
class Tail {
 public:
  explicit Tail(void* start) : next_(start) {}

  template <class T>
  T* take(size_t count) {
    T* array = new (next_) T[count]{};
    next_ = array + count;
    return array;
  }

  template <class T>
  const T* copy(const std::vector<T>& values) {
    return std::copy(values.begin(), values.end(), take<T>(values.size())) - values.size();
  }

 private:
  void* next_;
};

size_t words_of(const Head& head) { return (head.order + 31) / 32; }

// Whether the sizes of the tables fit each other and the order.
bool sizes_fit(const Head& head, size_t factor_order, const GivenTables& given) {
  if (factor_order == 0 || head.order % factor_order != 0 || !is_power_of_two(head.order / factor_order))
    return false;
  if (factor_order > 1 && given.factor_terms.empty()) return false;
  if (given.columns.data && given.columns.length != head.features) return false;
  if (head.features == 0 || head.features > head.order) return false;
  return given.segments.length > 0 && given.segments.length % kSegmentFields == 0 &&
         given.masks.length % words_of(head) == 0;
}

// Copies the columns of features; returns false if one is not in the matrix.
bool copy_columns(Head& head, const TypedArray<int32_t>& columns, uint32_t* out) {
  const auto inside = [&](int32_t column) { return column >= 0 && static_cast<size_t>(column) < head.order; };
  if (!std::all_of(columns.data, columns.data + columns.length, inside)) return false;
  std::copy_n(columns.data, columns.length, out);
  if (columns.data) head.columns = out;
  return true;
}

// Copies the tables of blocks; returns false if they would lead a kernel out of its arrays.
bool copy_blocks(Head& head, const GivenTables& given, Block* blocks, Segment* segments, uint32_t* masks) {
  const size_t words = words_of(head);
  std::copy_n(given.masks.data, given.masks.length, masks);
  size_t next_class = 0;
  size_t block_index = 0;
  for (size_t s = 0; s < given.segment_count(); s++) {
    const int32_t* f = given.segments.data + s * kSegmentFields;
    if (std::any_of(f, f + kSegmentFields, [&](const int32_t& v) { return v < 0 && &v != f + 2; }))
      return false;
    const size_t index = static_cast<size_t>(f[0]);
    const Segment segment{static_cast<size_t>(f[1]), f[2] < 0, static_cast<size_t>(f[3]),
                          static_cast<size_t>(f[4])};
    const size_t end = segment.hadamard_row + segment.count;
    if (index < block_index || index > block_index + 1 || index >= head.block_count) return false;
    if (s == 0 && index != 0) return false;
    if (segment.first != next_class || end > head.order) return false;
    next_class += segment.count;
    block_index = index;
    segments[s] = segment;
    Block& block = blocks[index];
    if (block.segment_count == 0) block.segments = segments + s;
    block.segment_count++;
    block.hadamard_rows = std::max(block.hadamard_rows, end);
  }
  if (next_class != head.classes || block_index + 1 != head.block_count) return false;
  for (size_t b = 0; b < head.block_count; b++) {
    const uint32_t* mask = masks + b * words;
    if (std::any_of(mask, mask + words, [](uint32_t word) { return word != 0; })) blocks[b].mask = mask;
  }
  head.blocks = blocks;
  return true;
}

// How many additions a forward pass of one row takes.
size_t additions_of(const Head& head) {
  const size_t factor_stages = head.factor ? head.factor->order / kFactorGroup : 0;
  const size_t stages = 1 + __builtin_ctzll(head.order) + factor_stages;
  return head.block_count * head.order * stages + head.classes;
}

}  // namespace

napi_value make_head_record(napi_env env, Arguments& arguments, const Executor& executor) {
  HeadData read;
  Head& sizes = read.head;
  GivenTables given;
  sizes.features = arguments.size();
  sizes.classes = arguments.size();
  sizes.order = arguments.size();
  sizes.unit = arguments.number();
  given.masks = arguments.array<uint32_t>();
  given.segments = arguments.array<int32_t>();
  const size_t factor_order = arguments.size();
  const TypedArray<uint32_t> factor_signs = arguments.array<uint32_t>();
  const TypedArray<uint32_t> transposed_signs = arguments.optional_array<uint32_t>();
  given.columns = arguments.optional_array<int32_t>();
  if (!arguments.check(true)) return nullptr;
  if (factor_order > 1) {
    given.factor_terms = factor_terms(factor_order, factor_signs);
    if (transposed_signs.data) given.transposed_terms = factor_terms(factor_order, transposed_signs);
    if (!arguments.check(!transposed_signs.data || !given.transposed_terms.empty())) return nullptr;
  }
  if (!arguments.check(sizes_fit(sizes, factor_order, given))) return nullptr;
  sizes.block_count = given.masks.length / words_of(sizes);
  sizes.segment_count = given.segment_count();

  const auto [record, data, tail] =
      make_record(env, read,
                  sizes.block_count * sizeof(Block) + sizes.segment_count * sizeof(Segment) +
                      (given.masks.length + given.columns.length) * sizeof(uint32_t) +
                      (given.factor_terms.size() + given.transposed_terms.size()) * sizeof(uint16_t));
  if (data == nullptr) return nullptr;
  Head& head = data->head;
  Tail rest(tail);
  auto* blocks = rest.take<Block>(sizes.block_count);
  auto* segments = rest.take<Segment>(sizes.segment_count);
  auto* masks = rest.take<uint32_t>(given.masks.length);
  auto* columns = rest.take<uint32_t>(given.columns.length);
  if (factor_order > 1) {
    data->factor = factor_of(factor_order, rest.copy(given.factor_terms));
    head.factor = head.transposed_factor = &data->factor;
    if (!given.transposed_terms.empty()) {
      data->transposed_factor = factor_of(factor_order, rest.copy(given.transposed_terms));
      head.transposed_factor = &data->transposed_factor;
    }
  }
  const bool fits =
      copy_columns(head, given.columns, columns) && copy_blocks(head, given, blocks, segments, masks);
  if (!arguments.check(fits)) return nullptr;
  data->scratch_bytes = executor.kernels->scratch_bytes(head);
  data->additions = additions_of(head);
  return record;
}

napi_value make_signed_rows_record(napi_env env, Arguments& arguments, const Executor& executor) {
  HeadData read;
  Head& sizes = read.head;
  SignedRows& rows = read.signed_rows;
  sizes.features = arguments.size();
  sizes.classes = arguments.size();
  rows.width = arguments.size();
  sizes.unit = arguments.number();
  const TypedArray<uint32_t> packed = arguments.array<uint32_t>();
  rows.stages = arguments.size();
  const TypedArray<float> magnitudes = arguments.optional_array<float>();
  read.normalised = arguments.number() != 0;
  const bool possible =
      sizes.features > 0 && sizes.classes > 0 && rows.width >= 2 && rows.width <= 32 &&
      is_power_of_two(rows.width) && rows.stages >= 1 && rows.stages <= kMaxStages &&
      (magnitudes.data ? magnitudes.length == sizes.classes * rows.stages : rows.stages == 1);
  if (!arguments.check(possible)) return nullptr;
  rows.count = (sizes.features + rows.width - 1) / rows.width;
  const size_t per_word = rows.width <= 8 ? 8 : 4;
  rows.words = (rows.count + per_word - 1) / per_word;
  const size_t groups = (sizes.classes + kGroup - 1) / kGroup;
  if (!arguments.check(packed.length == groups * kGroup * rows.stages * rows.words)) return nullptr;
  sizes.order = std::min(kSignedRowsSegment, groups * kGroup);
  sizes.block_count = sizes.segment_count = (sizes.classes + kSignedRowsSegment - 1) / kSignedRowsSegment;

  const bool shared = packed.length >= kSharedWords;
  const size_t padded = magnitudes.data ? groups * kGroup * rows.stages : 0;
  const auto [record, data, tail] =
      make_record(env, read,
                  sizes.block_count * (sizeof(Block) + sizeof(Segment)) + padded * sizeof(float) +
                      (shared ? 0 : packed.length) * sizeof(uint32_t));
  if (data == nullptr) return nullptr;
  Head& head = data->head;
  Tail rest(tail);
  auto* blocks = rest.take<Block>(sizes.block_count);
  auto* segments = rest.take<Segment>(sizes.segment_count);
  if (padded > 0) {
    auto* by_group = rest.take<float>(padded);
    for (size_t i = 0; i < magnitudes.length; i++) {
      const size_t c = i / rows.stages;
      by_group[(c / kGroup * rows.stages + i % rows.stages) * kGroup + c % kGroup] = magnitudes.data[i];
    }
    data->signed_rows.magnitudes = by_group;
  }
  if (shared) {
    data->signed_rows.packed = packed.data;
    data->shared_words = packed.length;
    keep_alive(env, record, {arguments.value(kPackedArgument)});
  } else {
    auto* copy = rest.take<uint32_t>(packed.length);
    std::copy_n(packed.data, packed.length, copy);
    data->signed_rows.packed = copy;
  }
  for (size_t b = 0; b < head.block_count; b++) {
    const size_t first = b * kSignedRowsSegment;
    segments[b] = {0, false, first, std::min(kSignedRowsSegment, head.classes - first)};
    blocks[b] = {nullptr, segments[b].count, segments + b, 1};
  }
  head.blocks = blocks;
  head.signed_rows = &data->signed_rows;
  data->scratch_bytes = executor.kernels->scratch_bytes(head);
  data->additions = head.classes * (rows.stages * rows.count + 1);
  return record;
}

bool has_words(napi_env env, napi_value record, const HeadData& data) {
  if (data.shared_words == 0) return true;
  napi_value array = nullptr;
  napi_typedarray_type type = napi_uint8_array;
  size_t length = 0;
  void* words = nullptr;
  if (napi_get_named_property(env, record, kKept, &array) != napi_ok ||
      napi_get_typedarray_info(env, array, &type, &length, &words, nullptr, nullptr) != napi_ok)
    return false;
  return length == data.shared_words && words == data.signed_rows.packed;
}

bool copy_words(napi_env env, napi_value record) {
  auto* data = record_of<HeadData>(env, record);
  if (data == nullptr || data->shared_words == 0) return true;
  void* copy = nullptr;
  napi_value buffer = nullptr;
  if (napi_create_arraybuffer(env, data->shared_words * sizeof(uint32_t), &copy, &buffer) != napi_ok ||
      napi_set_named_property(env, record, "words", buffer) != napi_ok)
    return false;
  std::copy_n(data->signed_rows.packed, data->shared_words, static_cast<uint32_t*>(copy));
  data->signed_rows.packed = static_cast<uint32_t*>(copy);
  data->shared_words = 0;
  return true;
}

}  // namespace fixed_classifier
