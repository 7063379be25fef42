// From gradients by logits to gradients by features, scale and bias: docs/numerics.md, "Gradients of a row"
// and "Sums over rows".
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>

#include "block.h"
#include "logits.h"
#include "sums.h"
#include "weight_gradient.h"
#include "work.h"

namespace {

using fixed_classifier::Gradients;

// Adds a segment's gradient by logits, which is g(row of the matrix, Full or Part), to that of the bias
// and to the input of the transposed transform. Where the segment is alone in its block, the input has no
// other part.
template <class Gradient>
[[gnu::always_inline]] inline void spread_gradient(const ChunkScratch& work, const Segment& segment,
                                                   bool alone, const Gradient& g, float* grad_bias) {
  float* v = work.gradient;
  float* bias = grad_bias ? grad_bias + segment.first - segment.hadamard_row : nullptr;
  const bool negative = segment.negative;
  for_range(segment.hadamard_row, end_of(segment), [&](size_t i, auto part) {
    const F32::reg a = alone ? F32::broadcast(0.0f) : part.load(v + i);
    const F32::reg b = g(i, part);
    part.store(v + i, negative ? F32::sub(a, b) : F32::add(a, b));
    if (bias) part.store(bias + i, F32::add(part.load(bias + i), b));
  });
}

// Where the gradient by features of a row is: element i at p[i & mask].
struct PeriodicGradient {
  const float* p;
  size_t mask;
  template <class P>
  [[gnu::always_inline]] F32::reg load(size_t i, P part) const {
    return part.load(p + (i & mask));
  }
};

// Turns work.gradient into u of the row, or this block's share of it, by the transposed transform.
inline PeriodicGradient transform_gradient(const ChunkScratch& work, size_t r, size_t b) {
  const Head& head = work.head;
  const Block& block = head.blocks[b];
  float* v = work.gradient;
  if (is_plain(head, block) && head.block_count == 1 && block.hadamard_rows >= F32::width) {
    // The stages that would only copy are left out: what they copy is read where it is, again and again.
    const size_t n = shorten(v, head.order, block.hadamard_rows, head.order);
    transform_in_place(work.v, v, n);
    return {v, n - 1};
  }
  transform_in_full(work.v, head.transposed_factor, v, head.order, block.hadamard_rows,
                    head.columns ? head.order : head.features);
  if (head.columns) {
    float* gathered = work.logits;  // free by now
    for (size_t i = 0; i < head.features; i++) gathered[i] = v[head.columns[i]];
    v = gathered;
  }
  if (block.mask) apply_mask(block.mask, v, v, head.features);
  if (head.block_count == 1) return {v, SIZE_MAX};
  float* u = work.u + r * head.features;
  if (b == 0) {
    memcpy(u, v, head.features * sizeof(float));
  } else {
    for_range(0, head.features,
              [&](size_t i, auto part) { part.store(u + i, F32::add(part.load(u + i), part.load(v + i))); });
  }
  return {u, SIZE_MAX};
}

// Turns u of a row into its gradients by features and scale.
inline void finish_row(const ChunkScratch& work, size_t r, const PeriodicGradient& u,
                       const Gradients& gradients) {
  const size_t features = work.head.features;
  const Row& row = work.row[r];
  float* out = gradients.features + r * features;
  if (row.zero) {
    memset(out, 0, features * sizeof(float));
    gradients.scale[r] = static_cast<float>(0.0 + row.margin_of_scale);
    return;
  }
  const double dot = sum_range(
      0, features, [&](size_t i, auto part) { return F32::mul(u.load(i, part), part.load(row.x + i)); });
  const F32::reg beta = F32::broadcast(static_cast<float>(dot / row.projection));
  const F32::reg alpha = F32::broadcast(row.alpha_of_input);
  for_range(0, features, [&](size_t i, auto part) {
    const F32::reg along = F32::mul(part.load(row.x + i), beta);
    part.store(out + i, F32::mul(alpha, F32::sub(u.load(i, part), along)));
  });
  gradients.scale[r] = static_cast<float>(dot * work.head.unit / row.length + row.margin_of_scale);
}

inline void leave_out(const ChunkScratch& work, size_t r, const Gradients& gradients) {
  memset(gradients.features + r * work.head.features, 0, work.head.features * sizeof(float));
  gradients.scale[r] = 0;
}

// The row_weights of rows that all take part.
constexpr const float* kAllRows = nullptr;

// Makes the gradients of the rows of a chunk from the bins of a head of signed rows.
[[gnu::noinline]] void finish_rows(const ChunkScratch& work, const float* row_weights,
                                   const Gradients& gradients) {
  gradients_from_bins(work);
  for (size_t r = 0; r < work.rows; r++) {
    if (row_weights && row_weights[r] == 0) continue;
    finish_row(work, r, {work.u + r * work.head.features, SIZE_MAX}, gradients);
  }
}

// Makes the gradients of all rows; those of a row of weight 0 are 0. gradient_of(r, block, spread) calls
// spread(segment, g) for every segment, with g as in spread_gradient.
template <class Gradient>
[[gnu::always_inline]] inline void backward_rows(ChunkScratch& work, size_t rows, const float* row_weights,
                                                 const Gradients& gradients, const Gradient& gradient_of) {
  const Head& head = work.head;
  if (gradients.bias) memset(gradients.bias, 0, head.classes * sizeof(float));
  if (head.signed_rows) clear_bins(work, row_weights);
  for (size_t b = 0; b < head.block_count; b++) {
    const Block& block = head.blocks[b];
    const bool alone = block.segment_count == 1;
    for (size_t r = 0; r < rows; r++) {
      if (row_weights && row_weights[r] == 0) {
        leave_out(work, r, gradients);
        continue;
      }
      if (head.signed_rows) work.gradient = work.gradient_of(r);
      memset(work.gradient, 0,
             (alone ? block.segments[0].hadamard_row : block.hadamard_rows) * sizeof(float));
      gradient_of(r, block, [&](const Segment& segment, const auto& g) {
        spread_gradient(work, segment, alone, g, gradients.bias);
      });
      if (head.signed_rows) continue;
      const PeriodicGradient u = transform_gradient(work, r, b);
      if (b + 1 == head.block_count) finish_row(work, r, u, gradients);
    }
    if (!head.signed_rows) continue;
    add_to_bins(work, block);
    if (!gradients.weights) continue;
    const WeightGradient& to = *gradients.weights;
    to.enter(to.turns, gradients.chunk, b);
    add_to_weights(work, block, row_weights, to);
    to.leave(to.turns, gradients.chunk, b);
  }
  if (head.signed_rows) finish_rows(work, row_weights, gradients);
}

}  // namespace
