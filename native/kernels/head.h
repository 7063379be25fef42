// The operations of a head over a chunk of rows. Blocks run outside and rows inside, so the mask and the bias
// of a block are read once for all rows; nothing is kept of the logits but what their reader asks for.
// docs/numerics.md has the formulas.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>

#include "rows.h"
#include "softmax.h"
#include "top_k.h"

namespace {

using fixed_classifier::Gradients;

template <class Visit>
[[gnu::always_inline]] inline void for_blocks(Work& work, const float* x, size_t rows, const Visit& visit) {
  for (size_t b = 0; b < work.head.block_count; b++) {
    for (size_t r = 0; r < rows; r++) {
      if (b == 0) read_row(work, x, r);
      visit(r, work.head.blocks[b]);
    }
  }
}

// Visitor of logits: stores them, `out` indexed by row of the matrix.
struct StoreLogits {
  float* out;
  template <class P>
  [[gnu::always_inline]] void operator()(size_t i, F32::reg z, P part) const {
    part.store(out + i, z);
  }
};

void forward(const Head& head, const Parameters& parameters, const float* x, size_t rows, float* out,
             void* scratch) {
  Work work(head, parameters, scratch);
  work.align_bias(rows);
  for (size_t b = 0; b < head.block_count; b++) {
    for (size_t r = 0; r < rows; r++) {
      const auto store = [&](const Segment& segment) {
        return StoreLogits{out + r * head.classes + segment.first - segment.row};
      };
      const auto done = [](const Segment&, const StoreLogits&) {};
      if (b == 0) {
        read_and_visit_block(work, x, r, head.blocks[b], store, done);
      } else {
        visit_block(work, work.row[r], head.blocks[b], store, done);
      }
    }
  }
}

// Turns logits into probabilities.
inline void probabilities_from(const F32& v, const Softmax& softmax, float* z, size_t count) {
  const F32::reg shift = F32::set(shift_of(softmax.max));
  const F32::reg factor = F32::set(softmax.reciprocal());
  for_range(0, count, [&](size_t c, auto part) {
    part.store(z + c, F32::mul(exp_nonpositive(v, v.sub(part.load(z + c), shift)), factor));
  });
}

void probabilities(const Head& head, const Parameters& parameters, const float* x, size_t rows, float* out,
                   void* scratch) {
  Work work(head, parameters, scratch);
  Softmax softmax[kChunkRows];
  const auto keep = [&](const Segment&) { return Keep{work.logits}; };
  for_blocks(work, x, rows, [&](size_t r, const Block& block) {
    visit_block(work, work.row[r], block, keep, [&](const Segment& segment, const Keep& logits) {
      memcpy(out + r * head.classes + segment.first, logits.z + segment.row, segment.count * sizeof(float));
      softmax[r].join_segment(work.v, segment, logits);
    });
  });
  for (size_t r = 0; r < rows; r++)
    probabilities_from(work.v, softmax[r], out + r * head.classes, head.classes);
}

void chosen_probabilities(const Head& head, const Parameters& parameters, const float* x, size_t rows,
                          const int32_t* chosen, size_t count, float* out, void* scratch) {
  Work work(head, parameters, scratch);
  Softmax softmax[kChunkRows];
  const auto keep = [&](const Segment&) { return Keep{work.logits}; };
  for_blocks(work, x, rows, [&](size_t r, const Block& block) {
    visit_block(work, work.row[r], block, keep, [&](const Segment& segment, const Keep& logits) {
      for (size_t j = 0; j < count; j++) {
        const size_t c = static_cast<size_t>(chosen[j]);
        if (has_class(segment, c)) out[r * count + j] = logits.z[c - segment.first + segment.row];
      }
      softmax[r].join_segment(work.v, segment, logits);
    });
  });
  for (size_t r = 0; r < rows; r++) probabilities_from(work.v, softmax[r], out + r * count, count);
}

void top_k(const Head& head, const Parameters& parameters, const float* x, size_t rows, size_t k,
           int32_t* classes, float* scores, void* scratch) {
  Work work(head, parameters, scratch);
  work.align_bias(rows);
  size_t filled[kChunkRows] = {};
  for (size_t b = 0; b < head.block_count; b++) {
    const Block& block = head.blocks[b];
    for (size_t r = 0; r < rows; r++) {
      Best best{k, filled[r], classes + r * k, scores + r * k};
      if (k == 1 && b == 0) {
        read_and_offer_largest(work, x, r, block, best);
      } else {
        if (b == 0) read_row(work, x, r);
        offer_block(work, work.row[r], block, best);
      }
      filled[r] = best.filled;
    }
  }
}

// Adds a segment's gradient by logits, indexed by row, to the bias and to the input of the transposed
// transform.
inline void spread_gradient(const Work& work, const Segment& segment, const float* g, float* grad_bias) {
  float* v = work.gradient;
  float* bias = grad_bias ? grad_bias + segment.first - segment.row : nullptr;
  for_range(segment.row, end_of(segment), [&](size_t i, auto part) {
    const F32::reg a = part.load(v + i);
    const F32::reg b = part.load(g + i);
    part.store(v + i, segment.negative ? work.v.sub(a, b) : F32::add(a, b));
    if (bias) part.store(bias + i, F32::add(part.load(bias + i), b));
  });
}

// Turns work.gradient into u of the row, or this block's share of it, and returns where u is. The matrix is
// symmetric: its transpose is the same transform.
inline const float* transform_gradient(const Work& work, size_t r, size_t b) {
  const Head& head = work.head;
  const Block& block = head.blocks[b];
  float* v = work.gradient;
  transform_in_full(work.v, head, v, block.rows, head.columns ? head.order : head.features);
  if (head.columns) {
    float* gathered = work.logits;  // free by now
    for (size_t i = 0; i < head.features; i++) gathered[i] = v[head.columns[i]];
    v = gathered;
  }
  if (block.mask) apply_mask(block.mask, v, v, head.features);
  if (head.block_count == 1) return v;
  float* u = work.u + r * head.features;
  if (b == 0) {
    memcpy(u, v, head.features * sizeof(float));
  } else {
    for_range(0, head.features,
              [&](size_t i, auto part) { part.store(u + i, F32::add(part.load(u + i), part.load(v + i))); });
  }
  return u;
}

inline void finish_row(const Work& work, size_t r, const float* u, const Gradients& gradients) {
  const size_t features = work.head.features;
  const Row& row = work.row[r];
  float* out = gradients.features + r * features;
  if (row.zero) {
    memset(out, 0, features * sizeof(float));
    gradients.scale[r] = 0;
    return;
  }
  const double dot = dot_product(u, row.x, features);
  const F32::reg beta = F32::set(static_cast<float>(dot / (row.norm * (row.norm + row.epsilon))));
  const F32::reg alpha = F32::set(row.alpha_of_input);
  for_range(0, features, [&](size_t i, auto part) {
    const F32::reg along = F32::mul(part.load(row.x + i), beta);
    part.store(out + i, F32::mul(alpha, work.v.sub(part.load(u + i), along)));
  });
  gradients.scale[r] = static_cast<float>(dot * work.head.unit / (row.norm + row.epsilon));
}

// `gradient_of(r, block, spread)` calls spread(segment, g) with the gradient by the logits of every segment,
// indexed by row.
template <class Gradient>
[[gnu::always_inline]] inline void backward_rows(const Work& work, size_t rows, const Gradients& gradients,
                                                 const Gradient& gradient_of) {
  const Head& head = work.head;
  if (gradients.bias) memset(gradients.bias, 0, head.classes * sizeof(float));
  for (size_t b = 0; b < head.block_count; b++) {
    const Block& block = head.blocks[b];
    for (size_t r = 0; r < rows; r++) {
      memset(work.gradient, 0, block.rows * sizeof(float));
      gradient_of(r, block, [&](const Segment& segment, const float* g) {
        spread_gradient(work, segment, g, gradients.bias);
      });
      const float* u = transform_gradient(work, r, b);
      if (b + 1 == head.block_count) finish_row(work, r, u, gradients);
    }
  }
}

void backward(const Head& head, const Parameters& parameters, const float* x, size_t rows,
              const float* grad_logits, const Gradients& gradients, void* scratch) {
  Work work(head, parameters, scratch);
  backward_rows(work, rows, gradients, [&](size_t r, const Block& block, const auto& spread) {
    if (&block == head.blocks) read_row(work, x, r);
    for (size_t s = 0; s < block.segment_count; s++) {
      const Segment& segment = block.segments[s];
      spread(segment, grad_logits + r * head.classes + segment.first - segment.row);
    }
  });
}

void loss_and_gradient(const Head& head, const Parameters& parameters, const float* x, size_t rows,
                       const CrossEntropy& loss, float* losses, const Gradients& gradients, void* scratch) {
  Work work(head, parameters, scratch);
  RowLoss row_loss[kChunkRows];
  float* z = work.logits;
  const auto label_of = [&](size_t r) { return static_cast<size_t>(loss.labels[r]); };
  const auto keep = [&](const Segment&) { return Keep{z}; };

  // The softmax of a row; leaves exp(z − max) of its last segment in z. Returns where the transform is.
  const auto take = [&](size_t r, const Block& block) {
    RowLoss& row = row_loss[r];
    return visit_block(work, work.row[r], block, keep, [&](const Segment& segment, const Keep& logits) {
      if (has_class(segment, label_of(r))) row.logit_of_label = z[label_of(r) - segment.first + segment.row];
      if (loss.label_smoothing != 0) row.sum_of_logits += sum_of(z, segment.row, end_of(segment));
      row.softmax.join_segment(work.v, segment, logits);
    });
  };
  const auto gradient_from_exponentials = [&](size_t r, const Segment& segment, const auto& spread) {
    gradient_of_segment(work, loss, label_of(r), segment, row_loss[r].softmax.reciprocal(), z);
    spread(segment, z);
  };
  const auto gradient_from_logits = [&](size_t r, const Segment& segment, const auto& spread) {
    exponentials(work.v, z, segment.row, end_of(segment), shift_of(row_loss[r].softmax.max));
    gradient_from_exponentials(r, segment, spread);
  };

  if (head.block_count > 1) {
    for_blocks(work, x, rows, [&](size_t r, const Block& block) { take(r, block); });
    backward_rows(work, rows, gradients, [&](size_t r, const Block& block, const auto& spread) {
      visit_block(work, work.row[r], block, keep,
                  [&](const Segment& segment, const Keep&) { gradient_from_logits(r, segment, spread); });
    });
  } else {
    // With one block a row is finished while its transform, or with one segment its exponentials, are at
    // hand.
    backward_rows(work, rows, gradients, [&](size_t r, const Block& block, const auto& spread) {
      read_row(work, x, r);
      const float* t = take(r, block);
      if (block.segment_count == 1) return gradient_from_exponentials(r, block.segments[0], spread);
      for (size_t s = 0; s < block.segment_count; s++) {
        const Segment& segment = block.segments[s];
        StoreLogits again{z};
        visit_logits(Logit(work, work.row[r], segment), t, segment.row, end_of(segment), again);
        gradient_from_logits(r, segment, spread);
      }
    });
  }
  for (size_t r = 0; r < rows; r++) losses[r] = row_loss[r].value(loss.label_smoothing, head.classes);
}

}  // namespace
