// A loss and its gradients over a chunk of rows, in one pass: docs/numerics.md, "Cross-entropy".
#pragma once

#include <cstddef>
#include <type_traits>

#include "fused.h"
#include "gradient.h"
#include "logits.h"
#include "loss.h"
#include "margin.h"
#include "softmax.h"

namespace {

// What one call works with.
struct LossPass {
  ChunkScratch& work;
  const Targets targets;
  const Gradients& gradients;
  RowLoss row_loss[kChunkRows];

  LossPass(ChunkScratch& scratch, const CrossEntropy& loss, const Gradients& out)
      : work(scratch), targets(loss, scratch.head.classes), gradients(out) {
    // A margin may take the logit of the label below any bound on the others.
    if (!loss.margin) bound_logits(work);
    work.keep_transform = loss.margin != nullptr;
  }

  bool has_label(size_t r, const Segment& segment) const {
    return targets.has_label(r) && has_class(segment, targets.label(r));
  }
  size_t row_of_label(size_t r, const Segment& segment) const {
    return targets.label(r) - segment.first + segment.hadamard_row;
  }

  // Adds a segment to the softmax of a row, and leaves exp(z − the largest of the segment) in z where it is
  // the only one.
  void join(size_t r, const Segment& segment, KeepLogits logits) {
    RowLoss& row = row_loss[r];
    if (has_label(r, segment)) {
      if (targets.loss.margin) lower_label(r, segment, logits);
      row.logit_of_label = logits.z[row_of_label(r, segment)];
    }
    add_to_sums(row, targets, r, segment, work.head.classes, logits.z);
    row.softmax.join_segment(segment, logits, work.has_near_logits(r), work.head.segment_count == 1);
  }

  // Makes exp(z − the largest of the row) in z, of logits that are computed again from the transform at t.
  void exponentials_again(size_t r, const Segment& segment, const float* t) const {
    const Logit logit(work, work.row[r], segment);
    const size_t from = segment.hadamard_row;
    const size_t to = end_of(segment);
    const float shift = shift_of(row_loss[r].softmax.max);
    float* z = work.logits;
    if (work.has_near_logits(r) && !has_label(r, segment) && work.has_bias_beside(segment)) {
      if (logit.bias) return exponentials_of_transform<true>(logit, t, z, from, to, shift);
      return exponentials_of_transform<false>(logit, t, z, from, to, shift);
    }
    StoreLogits again{z};
    visit_logits(logit, t, from, to, again);
    // A margin has lowered that of the label.
    if (has_label(r, segment)) z[row_of_label(r, segment)] = row_loss[r].logit_of_label;
    exponentials(z, from, to, shift, work.has_near_logits(r));
  }

  // Spreads the gradient by the logits of a segment whose exponentials are in z.
  template <class Spread>
  [[gnu::always_inline]] void spread_gradient_of(size_t r, const Block& block, const Segment& segment,
                                                 const Spread& spread) {
    const RowLoss& row = row_loss[r];
    const float total_by_sum = static_cast<float>(targets.total(r, row) / row.softmax.sum);
    visit_targets(targets, r, segment, work.head.classes, [&](const auto& target) {
      const LogitGradient<std::remove_cvref_t<decltype(target)>> gradient{
          work.logits, total_by_sum, targets.loss.row_weights[r], target};
      if (!has_label(r, segment)) return spread(segment, gradient);
      // The element of the label has a formula of its own, and is done again.
      float* v = work.gradient + row_of_label(r, segment);
      float* bias = work.bias_gradient_of(segment);
      if (bias) bias += row_of_label(r, segment);
      const float v_before = &segment == block.segments ? 0.0f : *v;
      const float bias_before = bias && !work.first_of_bias ? *bias : 0.0f;
      spread(segment, gradient);
      const float g =
          gradient.of_label(row_of_label(r, segment), static_cast<float>(targets.of_label(targets.label(r))));
      const float by_cosine = targets.loss.margin ? lowered_gradient(r, g) : g;
      *v = segment.negative ? v_before - by_cosine : v_before + by_cosine;
      if (bias) *bias = bias_before + g;
    });
  }

  // Spreads the gradient by the logits of a block, once the softmax is known, from the transform at t.
  template <class Spread>
  [[gnu::always_inline]] void spread_again(size_t r, const Block& block, const float* t,
                                           const Spread& spread) {
    for (size_t s = 0; s < block.segment_count; s++) {
      exponentials_again(r, block.segments[s], t);
      spread_gradient_of(r, block, block.segments[s], spread);
    }
  }

  void write_losses(float* losses, size_t rows) const {
    for (size_t r = 0; r < rows; r++)
      losses[r] = targets.loss.row_weights[r] == 0 ? 0.0f : targets.value(r, row_loss[r]);
  }

 private:
  // Puts the logit that a margin leaves the label into z, and finds the largest logits again.
  void lower_label(size_t r, const Segment& segment, KeepLogits& logits) {
    const Row& row = work.row[r];
    const size_t at = row_of_label(r, segment);
    const float t = work.transform_of(r)[at];
    const double cosine = (segment.negative ? -t : t) * work.head.unit / row.length;
    const LoweredCosine lowered(cosine, *targets.loss.margin);
    const float* bias = work.parameters.bias;
    logits.z[at] = static_cast<float>(work.parameters.scale * lowered.value +
                                      (bias ? static_cast<double>(bias[targets.label(r)]) : 0.0));
    row_loss[r].slope_of_label = lowered.slope;
    work.row[r].margin_of_scale = lowered.value - lowered.slope * cosine;
    logits.forget();
    for_range(segment.hadamard_row, end_of(segment),
              [&](size_t i, auto part) { logits.join(F32::load(logits.z + i), part); });
  }

  // Returns the gradient by s·cos θ of the label from that by its logit, and leaves what the margin adds to
  // the gradient by scale.
  float lowered_gradient(size_t r, float g) {
    work.row[r].margin_of_scale *= g;
    return static_cast<float>(g * row_loss[r].slope_of_label);
  }
};

void loss_and_gradient(const Head& head, const Parameters& parameters, Features x, size_t rows,
                       const CrossEntropy& loss, float* losses, const Gradients& gradients, void* memory) {
  ChunkScratch work(head, parameters, rows, memory);
  work.reads_again = true;
  LossPass pass(work, loss, gradients);
  const float* weights = loss.row_weights;
  float* z = work.logits;
  const auto keep = [&](const Segment&) { return KeepLogits{z}; };

  if (head.block_count > 1) {
    visit_blocks(
        work, x, rows, keep_logits(work),
        [&](size_t r, const Segment& segment, const KeepLogits& logits) { pass.join(r, segment, logits); });
    Begun begun;
    backward_rows(work, rows, weights, gradients, [&](size_t r, const Block& block, const auto& spread) {
      work.align_bias(block);
      const bool is_last = r + 1 == rows;
      const Block& next = is_last && &block + 1 < head.blocks + head.block_count ? (&block)[1] : block;
      const float* t =
          transform_block_before<F32>(work, begun, work.row[r], block, work.row[is_last ? 0 : r + 1], next);
      pass.spread_again(r, block, t, spread);
    });
  } else if (head.segment_count > 1) {
    // With one block a row is finished while its transform is in cache; only the logits are computed again.
    backward_rows(work, rows, weights, gradients, [&](size_t r, const Block& block, const auto& spread) {
      read_row(work, x, r);
      work.align_bias(block);
      const float* t = visit_block(
          work, work.row[r], block, keep,
          [&](const Segment& segment, const KeepLogits& logits) { pass.join(r, segment, logits); });
      pass.spread_again(r, block, t, spread);
    });
  } else {
    // A head of one segment still has the exponentials in z, so neither the transform nor the logits are
    // computed again.
    read_rows_together(work, x);
    backward_rows(work, rows, weights, gradients, [&](size_t r, const Block& block, const auto& spread) {
      work.align_bias(block);
      read_and_visit_block(work, x, r, block, keep, [&](const Segment& segment, const KeepLogits& logits) {
        pass.join(r, segment, logits);
        pass.spread_gradient_of(r, block, segment, spread);
      });
    });
  }
  pass.write_losses(losses, rows);
}

}  // namespace
