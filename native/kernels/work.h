// The memory of one call of a head's kernel.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>

#include "sums.h"
#include "table.h"

namespace {

using fixed_classifier::Block;
using fixed_classifier::Features;
using fixed_classifier::FeatureType;
using fixed_classifier::Head;
using fixed_classifier::kChunkRows;
using fixed_classifier::Parameters;
using fixed_classifier::Segment;
using fixed_classifier::SignedRows;

// What a kernel knows of a row of features once it has read it.
struct Row {
  const float* x;  // the row as given, or its copy, which is float32 and rescaled
  bool zero;
  float alpha;           // from transform to logit
  float alpha_of_input;  // from transform to logit for the row as given
  double length;         // what the row is divided by
  double projection;     // what divides ⟨u, x⟩ where the part along the row is taken off its gradient
  double margin_of_scale = -0.0;  // what a margin adds to the gradient by scale; −0 changes no sum
};

// Rows whose products are made at a time where there are enough.
constexpr size_t kRowsTogether = F32::row_registers > 0 ? F32::row_registers* F32::width : F32::rows_sharing;

// Of which rows and block the products are there.
struct MadeProducts {
  const Block* block = nullptr;
  size_t from = 0, to = 0;
};

// What one call works on, and how it divides its scratch memory. The first arrays are indexed by row of the
// Hadamard matrix.
struct ChunkScratch {
  const Head& head;
  const Parameters& parameters;
  const size_t rows;
  const F32 v{};
  float* transform;
  float* logits;
  float* gradient;
  float* biases;
  float* copies;  // of rows: rows × features
  float* u;       // rows × features
  // For a head of signed rows: what classes take of each row, products of rows that share their unpacking,
  // bins × rows, and the gradients by the logits of a block, row after row.
  float* entries;
  float* products;
  float* bins;
  float* gradients;
  // The block of which there is a copy of the bias, or null.
  const Block* block_of_bias = nullptr;
  // Whether the transform of a row must be found at transform_beside when its logits have been shown.
  bool keep_transform = false;
  // Whether the features of a row are needed when its logits have been shown.
  bool reads_again = false;
  // The gradient by the bias, by class, and the block of which it is summed in memory of its own, or null.
  float* bias_gradient = nullptr;
  const Block* block_of_bias_gradient = nullptr;
  bool first_of_bias = true;  // whether nothing has been added to the part of a block
  // No logit of a finite row has a larger absolute value, if bound_logits has found that out.
  float reach = __builtin_inff();
  mutable MadeProducts made_products{};
  // The sum of squares of the row that has been read while the one before was made.
  float sum_read_ahead = 0;
  Row row[kChunkRows];

  ChunkScratch(const Head& h, const Parameters& p, size_t row_count, void* memory)
      : head(h), parameters(p), rows(row_count) {
    const Layout at(h);
    float* start = static_cast<float*>(memory);
    transform = start + at.transform;
    logits = start + at.logits;
    gradient = start + at.gradient;
    biases = start + at.biases;
    copies = start + at.copies;
    u = start + at.u;
    entries = start + at.entries;
    products = start + at.products;
    bins = start + at.bins;
    gradients = start + at.gradients;
  }

  // Where the transform of a row is, or for a head of signed rows its products.
  const float* transform_of(size_t r) const {
    return head.signed_rows ? products_of(r) : transform_beside(row[r].x);
  }

  // Where a row is copied to. One that is done with before the next is read leaves its place to it, in the
  // first-level cache.
  float* copy_of(size_t r) const {
    return head.block_count == 1 && !head.signed_rows ? copies : copies + r * head.features;
  }

  // Those of rows that share their unpacking alternate, sub-vector by sub-vector.
  float* entries_of(size_t r) const {
    constexpr size_t sharing = F32::rows_sharing;
    return entries + r / sharing * sharing * Layout::entries_of_row(head) +
           r % sharing * Layout::entries_each(head);
  }
  // Those of rows that have a lane each, from row r on, the first of them.
  float* lane_entries_of(size_t r) const { return entries + r * Layout::entries_of_row(head); }
  float* products_of(size_t r) const { return products + r % kRowsTogether * products_stride(); }
  size_t products_stride() const { return Layout::a_row(head); }
  float* gradient_of(size_t r) const { return gradients + r * Layout::a_row(head); }

  // Copies the bias of a block so that it is aligned like the transform: a load across two cache lines costs
  // double. That pays from four rows on.
  void align_bias(const Block& block) {
    if (!parameters.bias || rows < kAlignsBias || block_of_bias == &block) return;
    block_of_bias = &block;
    for (size_t s = 0; s < block.segment_count && s < kAlignedSegments; s++) {
      const Segment& segment = block.segments[s];
      memcpy(bias_copy(s) + segment.hadamard_row, parameters.bias + segment.first,
             segment.count * sizeof(float));
    }
  }
  // Where the bias of a segment is, by row of the matrix; null: there is none.
  const float* bias_of(const Segment& segment) const {
    if (!parameters.bias) return nullptr;
    const size_t s = place_in(block_of_bias, segment);
    return s < kAlignedSegments ? bias_copy(s) : parameters.bias + segment.first - segment.hadamard_row;
  }

  // Whether there is none, or that of a segment may be read by whole registers.
  bool has_bias_beside(const Segment& segment) const {
    return !parameters.bias || place_in(block_of_bias, segment) < kAlignedSegments;
  }

  // Whether the differences of any two logits of a row are known to be in the range where exp is normal.
  bool has_near_logits(size_t r) const {
    return 2 * reach < kNear && row[r].length < static_cast<double>(__builtin_inff());
  }

  // Has the gradient by the bias of a block summed where it is aligned like the transform, as align_bias
  // does.
  void take_bias_gradient(const Block& block) {
    first_of_bias = true;
    block_of_bias_gradient = bias_gradient && rows >= kAlignsBias ? &block : nullptr;
  }
  void give_bias_gradient(const Block& block) const {
    if (!block_of_bias_gradient) return;
    for (size_t s = 0; s < block.segment_count && s < kAlignedSegments; s++) {
      const Segment& segment = block.segments[s];
      memcpy(bias_gradient + segment.first, bias_gradient_copy(s) + segment.hadamard_row,
             segment.count * sizeof(float));
    }
  }
  // Where that of a segment is, by row of the matrix; null: nowhere.
  float* bias_gradient_of(const Segment& segment) const {
    if (!bias_gradient) return nullptr;
    const size_t s = place_in(block_of_bias_gradient, segment);
    return s < kAlignedSegments ? bias_gradient_copy(s)
                                : bias_gradient + segment.first - segment.hadamard_row;
  }

  // How much scratch memory a call needs.
  static size_t bytes(const Head& head) { return Layout(head).end * sizeof(float); }

  // Returns where the transform of a row at x goes, of two places. A load that
  // follows a store to the same offset in another page waits for it, so the two are kept half a page apart.
  float* transform_beside(const void* x, size_t place = 0) const {
    float* start = transform + place * Layout::a_transform(head);
    const auto distance = reinterpret_cast<uintptr_t>(x) - reinterpret_cast<uintptr_t>(start);
    return start + (distance + kPage / 2) % kPage / 64 * 16;
  }

  // Whether the first stages of a row have been done while the one before was made.
  bool is_read_ahead(size_t r) const { return r == row_read_ahead_; }
  void read_ahead(size_t r, float sum) {
    row_read_ahead_ = r;
    sum_read_ahead = sum;
  }

 private:
  static constexpr size_t kPage = 4096;
  static constexpr float kNear = 86;
  static constexpr size_t kAlignsBias = 4;  // rows
  // A block has one segment, or two of opposite signs; more are left as they are.
  static constexpr size_t kAlignedSegments = 2;
  size_t row_read_ahead_ = SIZE_MAX;

  float* bias_copy(size_t s) const { return biases + s * Layout::a_row(head); }
  float* bias_gradient_copy(size_t s) const { return bias_copy(kAlignedSegments + s) + Layout::kBesideBias; }
  // Returns the number of a segment in a block, or one beyond all if it is not in it.
  static size_t place_in(const Block* block, const Segment& segment) {
    if (!block) return SIZE_MAX;
    const auto s = static_cast<size_t>(&segment - block->segments);
    return s < block->segment_count ? s : SIZE_MAX;
  }

  // Offsets are in floats, and the parts start at different offsets in a page. Most of the last two is never
  // touched: few rows are copied, and u is used from two blocks on.
  struct Layout {
    // Keeps the gradient by the bias at another offset in a page than what is spread beside it.
    static constexpr size_t kBesideBias = 128;
    size_t transform = 0, logits, gradient, biases, copies, u, entries, products, bins, gradients, end;
    explicit Layout(const Head& head) {
      const size_t order = a_row(head);
      const size_t rows = kChunkRows * round_up(head.features, kLanes);
      logits = transform + 2 * a_transform(head);
      gradient = logits + order;
      biases = gradient + order;
      copies = biases + 2 * kAlignedSegments * order + kBesideBias;
      u = copies + rows;
      entries = u + (head.block_count > 1 || head.signed_rows ? rows : 0);
      products = bins = gradients = end = entries;
      if (!head.signed_rows) return;
      products += kChunkRows * entries_of_row(head);
      bins = products + kRowsTogether * order;
      gradients = bins + kChunkRows * head.signed_rows->count * head.signed_rows->width;
      end = gradients + kChunkRows * order;
    }
    // Of each sub-vector; lanes of rows have wide ones with a minus sign too.
    static size_t entries_each(const Head& head) {
      const size_t width = head.signed_rows->width;
      return width <= 8 ? 16 : F32::row_registers > 0 ? 2 * width : width;
    }
    // A row has sub-vectors in whole words.
    static size_t entries_of_row(const Head& head) {
      const SignedRows& rows = *head.signed_rows;
      return rows.words * (rows.width <= 8 ? 8 : 4) * entries_each(head);
    }
    static size_t a_transform(const Head& head) { return a_row(head) + kPage / sizeof(float); }
    static size_t a_row(const Head& head) { return round_up(head.order, kLanes) + 5 * kLanes; }
  };
};

}  // namespace
