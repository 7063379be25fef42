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

// Shows all logits: visitor_of(row, segment) makes the visitor of a segment, done(row, segment, visitor) gets
// it back.
template <class VisitorOf, class Done>
[[gnu::always_inline]] inline void visit_blocks(Work& work, const float* x, size_t rows,
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

// Visitor of logits: stores them, `out` indexed by row of the matrix.
struct StoreLogits {
  float* out;
  [[gnu::always_inline]] StoreLogits open() const { return {out}; }
  [[gnu::always_inline]] void close(const StoreLogits&) {}
  template <class P>
  [[gnu::always_inline]] void operator()(size_t i, F32::reg z, P part) const {
    part.store(out + i, z);
  }
};

void forward(const Head& head, const Parameters& parameters, const float* x, size_t rows, float* out,
             void* scratch) {
  Work work(head, parameters, rows, scratch);
  work.align_bias();
  visit_blocks(
      work, x, rows,
      [&](size_t r, const Segment& segment) {
        return StoreLogits{out + r * head.classes + segment.first - segment.row};
      },
      [](size_t, const Segment&, const StoreLogits&) {});
}

// Visitors for visit_blocks that keep the logits of a segment, one after the other, in the same place.
inline auto keep_logits(const Work& work) {
  return [z = work.logits](size_t, const Segment&) { return Keep{z}; };
}

// Turns logits into probabilities.
inline void probabilities_from(const Softmax& softmax, float* z, size_t count) {
  const F32::reg shift = F32::broadcast(shift_of(softmax.max));
  const F32::reg factor = F32::broadcast(softmax.reciprocal());
  for_range(0, count, [&](size_t c, auto part) {
    F32::reg t[1] = {F32::sub(part.load(z + c), shift)};
    exp_nonpositive(t);
    part.store(z + c, F32::mul(t[0], factor));
  });
}

void probabilities(const Head& head, const Parameters& parameters, const float* x, size_t rows, float* out,
                   void* scratch) {
  Work work(head, parameters, rows, scratch);
  work.align_bias();
  Softmax softmax[kChunkRows];
  visit_blocks(work, x, rows, keep_logits(work), [&](size_t r, const Segment& segment, const Keep& logits) {
    memcpy(out + r * head.classes + segment.first, logits.z + segment.row, segment.count * sizeof(float));
    softmax[r].join_segment(segment, logits);
  });
  for (size_t r = 0; r < rows; r++) probabilities_from(softmax[r], out + r * head.classes, head.classes);
}

void chosen_probabilities(const Head& head, const Parameters& parameters, const float* x, size_t rows,
                          const int32_t* chosen, size_t count, float* out, void* scratch) {
  Work work(head, parameters, rows, scratch);
  work.align_bias();
  Softmax softmax[kChunkRows];
  visit_blocks(work, x, rows, keep_logits(work), [&](size_t r, const Segment& segment, const Keep& logits) {
    for (size_t j = 0; j < count; j++) {
      const size_t c = static_cast<size_t>(chosen[j]);
      if (has_class(segment, c)) out[r * count + j] = logits.z[c - segment.first + segment.row];
    }
    softmax[r].join_segment(segment, logits);
  });
  for (size_t r = 0; r < rows; r++) probabilities_from(softmax[r], out + r * count, count);
}

void top_k(const Head& head, const Parameters& parameters, const float* x, size_t rows, size_t k,
           int32_t* classes, float* scores, void* scratch) {
  Work work(head, parameters, rows, scratch);
  work.align_bias();
  size_t filled[kChunkRows] = {};
  visit_blocks(work, x, rows, keep_logits(work), [&](size_t r, const Segment& segment, const Keep& logits) {
    Best best{k, filled[r], classes + r * k, scores + r * k};
    offer_segment(best, segment, logits);
    filled[r] = best.filled;
  });
}

// Adds a segment's gradient by logits, g(row, Full or Part), to the bias and to the input of the transposed
// transform. Alone in its block it is all that the input is made of.
template <class Gradient>
[[gnu::always_inline]] inline void spread_gradient(const Work& work, const Segment& segment, bool alone,
                                                   const Gradient& g, float* grad_bias) {
  float* v = work.gradient;
  float* bias = grad_bias ? grad_bias + segment.first - segment.row : nullptr;
  const bool negative = segment.negative;
  for_range(segment.row, end_of(segment), [&](size_t i, auto part) {
    const F32::reg a = alone ? F32::broadcast(0.0f) : part.load(v + i);
    const F32::reg b = g(i, part);
    part.store(v + i, negative ? F32::sub(a, b) : F32::add(a, b));
    if (bias) part.store(bias + i, F32::add(part.load(bias + i), b));
  });
}

// Where the rows of a block have their gradient by features: element i at p[i & mask].
struct Periodic {
  const float* p;
  size_t mask;
  template <class P>
  [[gnu::always_inline]] F32::reg load(size_t i, P part) const {
    return part.load(p + (i & mask));
  }
};

// Turns work.gradient into u of the row, or this block's share of it. The matrix is symmetric: its transpose
// is the same transform.
inline Periodic transform_gradient(const Work& work, size_t r, size_t b) {
  const Head& head = work.head;
  const Block& block = head.blocks[b];
  float* v = work.gradient;
  if (is_plain(head, block) && head.block_count == 1 && block.rows >= F32::width) {
    // What would only be copied stays where it is.
    const size_t n = shorten(v, head.order, block.rows, head.order);
    transform_in_place(work.v, v, n);
    return {v, n - 1};
  }
  transform_in_full(work.v, head, v, block.rows, head.columns ? head.order : head.features);
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

inline void finish_row(const Work& work, size_t r, const Periodic& u, const Gradients& gradients) {
  const size_t features = work.head.features;
  const Row& row = work.row[r];
  float* out = gradients.features + r * features;
  if (row.zero) {
    memset(out, 0, features * sizeof(float));
    gradients.scale[r] = 0;
    return;
  }
  const double dot = sum_range(
      0, features, [&](size_t i, auto part) { return F32::mul(u.load(i, part), part.load(row.x + i)); });
  const F32::reg beta = F32::broadcast(static_cast<float>(dot / (row.norm * (row.norm + row.epsilon))));
  const F32::reg alpha = F32::broadcast(row.alpha_of_input);
  for_range(0, features, [&](size_t i, auto part) {
    const F32::reg along = F32::mul(part.load(row.x + i), beta);
    part.store(out + i, F32::mul(alpha, F32::sub(u.load(i, part), along)));
  });
  gradients.scale[r] = static_cast<float>(dot * work.head.unit / (row.norm + row.epsilon));
}

// `gradient_of(r, block, spread)` calls spread(segment, g) for every segment, g as in spread_gradient.
template <class Gradient>
[[gnu::always_inline]] inline void backward_rows(const Work& work, size_t rows, const Gradients& gradients,
                                                 const Gradient& gradient_of) {
  const Head& head = work.head;
  if (gradients.bias) memset(gradients.bias, 0, head.classes * sizeof(float));
  for (size_t b = 0; b < head.block_count; b++) {
    const Block& block = head.blocks[b];
    const bool alone = block.segment_count == 1;
    for (size_t r = 0; r < rows; r++) {
      memset(work.gradient, 0, (alone ? block.segments[0].row : block.rows) * sizeof(float));
      gradient_of(r, block, [&](const Segment& segment, const auto& g) {
        spread_gradient(work, segment, alone, g, gradients.bias);
      });
      const Periodic u = transform_gradient(work, r, b);
      if (b + 1 == head.block_count) finish_row(work, r, u, gradients);
    }
  }
}

void backward(const Head& head, const Parameters& parameters, const float* x, size_t rows,
              const float* grad_logits, const Gradients& gradients, void* scratch) {
  Work work(head, parameters, rows, scratch);
  backward_rows(work, rows, gradients, [&](size_t r, const Block& block, const auto& spread) {
    if (&block == head.blocks) read_row(work, x, r);
    for (size_t s = 0; s < block.segment_count; s++) {
      const Segment& segment = block.segments[s];
      const float* g = grad_logits + r * head.classes + segment.first - segment.row;
      spread(segment, [g](size_t i, auto part) { return part.load(g + i); });
    }
  });
}

void loss_and_gradient(const Head& head, const Parameters& parameters, const float* x, size_t rows,
                       const CrossEntropy& loss, float* losses, const Gradients& gradients, void* scratch) {
  Work work(head, parameters, rows, scratch);
  work.align_bias();
  RowLoss row_loss[kChunkRows];
  float* z = work.logits;
  const auto label_of = [&](size_t r) { return static_cast<size_t>(loss.labels[r]); };
  const auto keep = [&](const Segment&) { return Keep{z}; };

  // Adds a segment to the softmax of a row; leaves exp(z − its largest) in z.
  const auto join = [&](size_t r, const Segment& segment, const Keep& logits) {
    RowLoss& row = row_loss[r];
    if (has_class(segment, label_of(r))) row.logit_of_label = z[label_of(r) - segment.first + segment.row];
    if (loss.label_smoothing != 0) row.sum_of_logits += sum_alone(z, segment.row, end_of(segment));
    row.softmax.join_segment(segment, logits);
  };
  const auto gradient_from_exponentials = [&](size_t r, const Block& block, const Segment& segment,
                                              const auto& spread) {
    const LogitGradient gradient(z, row_loss[r].softmax.reciprocal(), loss, head.classes);
    if (!has_class(segment, label_of(r))) return spread(segment, gradient);
    // The label's element has a formula of its own, and is done again.
    const size_t row = label_of(r) - segment.first + segment.row;
    float* v = work.gradient + row;
    float* bias = gradients.bias ? gradients.bias + label_of(r) : nullptr;
    const float v_before = block.segment_count == 1 ? 0.0f : *v;
    const float bias_before = bias ? *bias : 0.0f;
    spread(segment, gradient);
    const float g = gradient.of_label(row);
    *v = segment.negative ? v_before - g : v_before + g;
    if (bias) *bias = bias_before + g;
  };
  const auto gradient_from_logits = [&](size_t r, const Block& block, const Segment& segment,
                                        const auto& spread) {
    exponentials(z, segment.row, end_of(segment), shift_of(row_loss[r].softmax.max));
    gradient_from_exponentials(r, block, segment, spread);
  };

  if (head.block_count > 1) {
    visit_blocks(work, x, rows, keep_logits(work), join);
    backward_rows(work, rows, gradients, [&](size_t r, const Block& block, const auto& spread) {
      visit_block(work, work.row[r], block, keep, [&](const Segment& segment, const Keep&) {
        gradient_from_logits(r, block, segment, spread);
      });
    });
  } else if (head.segment_count > 1) {
    // With one block a row is finished while its transform is at hand.
    backward_rows(work, rows, gradients, [&](size_t r, const Block& block, const auto& spread) {
      read_row(work, x, r);
      const float* t =
          visit_block(work, work.row[r], block, keep,
                      [&](const Segment& segment, const Keep& logits) { join(r, segment, logits); });
      for (size_t s = 0; s < block.segment_count; s++) {
        const Segment& segment = block.segments[s];
        StoreLogits again{z};
        visit_logits(Logit(work, work.row[r], segment), t, segment.row, end_of(segment), again);
        gradient_from_logits(r, block, segment, spread);
      }
    });
  } else {
    // With one segment its exponentials are.
    backward_rows(work, rows, gradients, [&](size_t r, const Block& block, const auto& spread) {
      read_and_visit_block(work, x, r, block, keep, [&](const Segment& segment, const Keep& logits) {
        join(r, segment, logits);
        gradient_from_exponentials(r, block, segment, spread);
      });
    });
  }
  for (size_t r = 0; r < rows; r++) losses[r] = row_loss[r].value(loss.label_smoothing, head.classes);
}

}  // namespace
