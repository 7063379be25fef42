// The operations of a head over a chunk of rows. Blocks run outside and rows inside, so the mask and the bias
// of a block are read once for all rows; nothing is kept of the logits but what their visitor keeps.
// docs/numerics.md has the formulas.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>

#include "fused.h"
#include "gradient.h"
#include "logits.h"
#include "loss.h"
#include "softmax.h"
#include "top_k.h"

namespace {

// Shows all logits of all rows to visitors from visitor_of(row, segment), which done(row, segment, visitor)
// gets back.
template <class VisitorOf, class Done>
[[gnu::always_inline]] inline void visit_blocks(ChunkScratch& work, const float* x, size_t rows,
                                                const VisitorOf& visitor_of, const Done& done) {
  for (size_t b = 0; b < work.head.block_count; b++) {
    const Block& block = work.head.blocks[b];
    for (size_t r = 0; r < rows; r++) {
      const auto visitor = [&](const Segment& segment) { return visitor_of(r, segment); };
      const auto finish = [&](const Segment& segment, const auto& visitor) { done(r, segment, visitor); };
      if (b == 0) {
        read_and_visit_block(work, x, r, block, visitor, finish);
      } else {
        visit_block(work, work.row[r], block, visitor, finish);
      }
    }
  }
}

void forward(const Head& head, const Parameters& parameters, const float* x, size_t rows, float* out,
             void* memory) {
  ChunkScratch work(head, parameters, rows, memory);
  work.align_bias();
  visit_blocks(
      work, x, rows,
      [&](size_t r, const Segment& segment) {
        return StoreLogits{out + r * head.classes + segment.first - segment.hadamard_row};
      },
      [](size_t, const Segment&, const StoreLogits&) {});
}

// The visitor_of for visit_blocks whose visitors keep the logits of one segment after the other in one place.
inline auto keep_logits(const ChunkScratch& work) {
  return [z = work.logits](size_t, const Segment&) { return KeepLogits{z}; };
}

// Turns logits of a row into probabilities, by the softmax over all of its logits.
inline void probabilities_from(const Softmax& softmax, float* z, size_t count) {
  const F32::reg shift = F32::broadcast(shift_of(softmax.max));
  const F32::reg reciprocal = F32::broadcast(softmax.reciprocal());
  for_range(0, count, [&](size_t c, auto part) {
    F32::reg t[1] = {F32::sub(part.load(z + c), shift)};
    exp_nonpositive(t);
    part.store(z + c, F32::mul(t[0], reciprocal));
  });
}

void probabilities(const Head& head, const Parameters& parameters, const float* x, size_t rows, float* out,
                   void* memory) {
  ChunkScratch work(head, parameters, rows, memory);
  work.align_bias();
  Softmax softmax[kChunkRows];
  visit_blocks(work, x, rows, keep_logits(work),
               [&](size_t r, const Segment& segment, const KeepLogits& logits) {
                 memcpy(out + r * head.classes + segment.first, logits.z + segment.hadamard_row,
                        segment.count * sizeof(float));
                 softmax[r].join_segment(segment, logits);
               });
  for (size_t r = 0; r < rows; r++) probabilities_from(softmax[r], out + r * head.classes, head.classes);
}

void chosen_probabilities(const Head& head, const Parameters& parameters, const float* x, size_t rows,
                          const int32_t* chosen, size_t count, float* out, void* memory) {
  ChunkScratch work(head, parameters, rows, memory);
  work.align_bias();
  Softmax softmax[kChunkRows];
  visit_blocks(work, x, rows, keep_logits(work),
               [&](size_t r, const Segment& segment, const KeepLogits& logits) {
                 for (size_t j = 0; j < count; j++) {
                   const size_t c = static_cast<size_t>(chosen[j]);
                   if (has_class(segment, c))
                     out[r * count + j] = logits.z[c - segment.first + segment.hadamard_row];
                 }
                 softmax[r].join_segment(segment, logits);
               });
  for (size_t r = 0; r < rows; r++) probabilities_from(softmax[r], out + r * count, count);
}

void top_k(const Head& head, const Parameters& parameters, const float* x, size_t rows, size_t k,
           int32_t* classes, float* scores, void* memory) {
  ChunkScratch work(head, parameters, rows, memory);
  work.align_bias();
  size_t filled[kChunkRows] = {};
  visit_blocks(work, x, rows, keep_logits(work),
               [&](size_t r, const Segment& segment, const KeepLogits& logits) {
                 BestClasses best{k, filled[r], classes + r * k, scores + r * k};
                 offer_segment(best, segment, logits);
                 filled[r] = best.filled;
               });
}

void backward(const Head& head, const Parameters& parameters, const float* x, size_t rows,
              const float* grad_logits, const Gradients& gradients, void* memory) {
  ChunkScratch work(head, parameters, rows, memory);
  backward_rows(work, rows, gradients, [&](size_t r, const Block& block, const auto& spread) {
    if (&block == head.blocks) read_row(work, x, r);
    for (size_t s = 0; s < block.segment_count; s++) {
      const Segment& segment = block.segments[s];
      const float* g = grad_logits + r * head.classes + segment.first - segment.hadamard_row;
      spread(segment, [g](size_t i, auto part) { return part.load(g + i); });
    }
  });
}

void loss_and_gradient(const Head& head, const Parameters& parameters, const float* x, size_t rows,
                       const CrossEntropy& loss, float* losses, const Gradients& gradients, void* memory) {
  ChunkScratch work(head, parameters, rows, memory);
  work.align_bias();
  RowLoss row_loss[kChunkRows];
  float* z = work.logits;
  const auto label_of = [&](size_t r) { return static_cast<size_t>(loss.labels[r]); };
  const auto keep = [&](const Segment&) { return KeepLogits{z}; };

  // Adds a segment to the softmax of a row, and leaves exp(z − the largest of the segment) in z.
  const auto join = [&](size_t r, const Segment& segment, const KeepLogits& logits) {
    RowLoss& row = row_loss[r];
    if (has_class(segment, label_of(r)))
      row.logit_of_label = z[label_of(r) - segment.first + segment.hadamard_row];
    if (loss.label_smoothing != 0) row.sum_of_logits += sum_alone(z, segment.hadamard_row, end_of(segment));
    row.softmax.join_segment(segment, logits);
  };
  const auto gradient_from_exponentials = [&](size_t r, const Block& block, const Segment& segment,
                                              const auto& spread) {
    const LogitGradient gradient(z, row_loss[r].softmax.reciprocal(), loss, head.classes);
    if (!has_class(segment, label_of(r))) return spread(segment, gradient);
    // The element of the label has a formula of its own, and is done again.
    const size_t hadamard_row = label_of(r) - segment.first + segment.hadamard_row;
    float* v = work.gradient + hadamard_row;
    float* bias = gradients.bias ? gradients.bias + label_of(r) : nullptr;
    const float v_before = block.segment_count == 1 ? 0.0f : *v;
    const float bias_before = bias ? *bias : 0.0f;
    spread(segment, gradient);
    const float g = gradient.of_label(hadamard_row);
    *v = segment.negative ? v_before - g : v_before + g;
    if (bias) *bias = bias_before + g;
  };
  const auto gradient_from_logits = [&](size_t r, const Block& block, const Segment& segment,
                                        const auto& spread) {
    exponentials(z, segment.hadamard_row, end_of(segment), shift_of(row_loss[r].softmax.max));
    gradient_from_exponentials(r, block, segment, spread);
  };

  if (head.block_count > 1) {
    visit_blocks(work, x, rows, keep_logits(work), join);
    backward_rows(work, rows, gradients, [&](size_t r, const Block& block, const auto& spread) {
      visit_block(work, work.row[r], block, keep, [&](const Segment& segment, const KeepLogits&) {
        gradient_from_logits(r, block, segment, spread);
      });
    });
  } else if (head.segment_count > 1) {
    // With one block a row is finished while its transform is in cache; only the logits are computed again.
    backward_rows(work, rows, gradients, [&](size_t r, const Block& block, const auto& spread) {
      read_row(work, x, r);
      const float* t =
          visit_block(work, work.row[r], block, keep,
                      [&](const Segment& segment, const KeepLogits& logits) { join(r, segment, logits); });
      for (size_t s = 0; s < block.segment_count; s++) {
        const Segment& segment = block.segments[s];
        StoreLogits again{z};
        visit_logits(Logit(work, work.row[r], segment), t, segment.hadamard_row, end_of(segment), again);
        gradient_from_logits(r, block, segment, spread);
      }
    });
  } else {
    // A head of one segment still has the exponentials in z, so neither the transform nor the logits are
    // computed again.
    backward_rows(work, rows, gradients, [&](size_t r, const Block& block, const auto& spread) {
      read_and_visit_block(work, x, r, block, keep, [&](const Segment& segment, const KeepLogits& logits) {
        join(r, segment, logits);
        gradient_from_exponentials(r, block, segment, spread);
      });
    });
  }
  for (size_t r = 0; r < rows; r++) losses[r] = row_loss[r].value(loss.label_smoothing, head.classes);
}

}  // namespace
