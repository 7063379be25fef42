// From gradients by logits to gradients by features, scale and bias: docs/numerics.md, "Gradients of a row"
// and "Sums over rows".
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>

#include "block.h"
#include "columns.h"
#include "logits.h"
#include "math.h"
#include "sums.h"
#include "weight_gradient.h"
#include "work.h"

namespace {

using fixed_classifier::Gradients;

// How a segment's gradient by logits is spread.
struct Spreading {
  bool first_part;  // of the input of the transposed transform: it has no other part yet
  bool first;       // of the rows: the gradient by the bias has no other part yet
  bool minus_zero;  // whether an element may be −0
  float* bias;      // the gradient by the bias, by row of the matrix; null: none
};

// Adds a segment's gradient by logits, which is g(row of the matrix, Full or Part), to that of the bias
// and to the input of the transposed transform.
template <class Gradient>
[[gnu::always_inline]] inline void spread_gradient(float* v, const Segment& segment, const Spreading& how,
                                                   const Gradient& g) {
  // Copies, since stores might change what is only referred to.
  const auto spread = [=]<class Input, class Bias>(Input to_input, Bias to_bias) {
    const Gradient gradient = g;
    for_range(segment.hadamard_row, end_of(segment), [=](size_t i, auto part) {
      const F32::reg b = gradient(i, part);
      part.store(v + i, to_input(i, b, part));
      to_bias(i, b, part);
    });
  };
  const auto spread_to = [=, bias = how.bias](auto to_input) {
    if (!bias) return spread(to_input, [](size_t, F32::reg, auto) {});
    if (how.first) {
      return spread(to_input, [bias](size_t i, F32::reg b, auto part) {
        part.store(bias + i, F32::add(F32::broadcast(0.0f), b));
      });
    }
    spread(to_input, [bias](size_t i, F32::reg b, auto part) {
      part.store(bias + i, F32::add(part.load(bias + i), b));
    });
  };
  if (how.first_part && !segment.negative) {
    if (!how.minus_zero) return spread_to([](size_t, F32::reg b, auto) { return b; });
    return spread_to([](size_t, F32::reg b, auto) { return F32::add(F32::broadcast(0.0f), b); });
  }
  spread_to([v, first = how.first_part, negative = segment.negative](size_t i, F32::reg b, auto part) {
    const F32::reg a = first ? F32::broadcast(0.0f) : part.load(v + i);
    return negative ? F32::sub(a, b) : F32::add(a, b);
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
  if (head.block_count == 1) {
    if (block.mask) apply_mask(block.mask, v, v, head.features);
    return {v, SIZE_MAX};
  }
  float* u = work.u + r * head.features;
  const auto add_to_u = [=, features = head.features](const auto& share) {
    for_range(0, features, [=](size_t i, auto part) {
      const F32::reg a = share(i, part.load(v + i));
      part.store(u + i, b == 0 ? a : F32::add(part.load(u + i), a));
    });
  };
  if (block.mask) {
    add_to_u([mask = block.mask](size_t i, F32::reg a) { return F32::flip_signs(a, mask, i); });
  } else {
    add_to_u([](size_t, F32::reg a) { return a; });
  }
  return {u, SIZE_MAX};
}

// Returns Σ u_i ⊗ x_i where u has half the length of x and `parts` elements in every lane of the sum: each is
// loaded once for the two features that have it.
template <size_t parts>
float sum_of_halves(const float* u, const float* x) {
  Lanes sum;
#pragma GCC unroll 1
  for (size_t lane = 0; lane < kLanes; lane += F32::width) {
    F32::reg a[parts];
    F32::reg total = F32::broadcast(0.0f);
#pragma GCC unroll 8
    for (size_t i = 0; i < parts; i++) {
      a[i] = F32::load(u + lane + i * kLanes);
      keep_place<F32>(a[i]);
      total = F32::add(total, F32::mul(a[i], F32::load(x + lane + i * kLanes)));
    }
#pragma GCC unroll 8
    for (size_t i = 0; i < parts; i++)
      total = F32::add(total, F32::mul(a[i], F32::load(x + lane + (parts + i) * kLanes)));
    sum.lane[lane / F32::width] = total;
  }
  return sum.fold();
}

// Returns Σ u_i ⊗ x_i.
inline float dot_of(const PeriodicGradient& u, const float* x, size_t features) {
  const float* const p = u.p;
  if (u.mask == SIZE_MAX) {
    return sum_range(0, features,
                     [=](size_t i, auto part) { return F32::mul(part.load(p + i), part.load(x + i)); });
  }
  if (u.mask == features / 2 - 1) {
    if (features == 4 * kLanes) return sum_of_halves<2>(p, x);
    if (features == 8 * kLanes) return sum_of_halves<4>(p, x);
  }
  return sum_range(0, features,
                   [=](size_t i, auto part) { return F32::mul(u.load(i, part), part.load(x + i)); });
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
  const float* const x = row.x;
  const double dot = dot_of(u, x, features);
  const F32::reg beta = F32::broadcast(static_cast<float>(dot / row.projection));
  const F32::reg alpha = F32::broadcast(row.alpha_of_input);
  const auto across_row = [=](size_t i, F32::reg a, auto part) {
    const F32::reg along = F32::mul(part.load(x + i), beta);
    part.store(out + i, F32::mul(alpha, F32::sub(a, along)));
  };
  const size_t half = features / 2;
  if (u.mask == half - 1 && half >= F32::width) {
    // Each element of u is loaded once for the two features that have it.
    across_row(0, F32::load(u.p), Full{});
    across_row(half, F32::load(u.p), Full{});
    for (size_t i = elements_before_alignment<F32>(out); i + F32::width <= half; i += F32::width) {
      const F32::reg a = F32::load(u.p + i);
      across_row(i, a, Full{});
      across_row(i + half, a, Full{});
    }
    const size_t last = half - F32::width;
    across_row(last, F32::load(u.p + last), Full{});
    across_row(half + last, F32::load(u.p + last), Full{});
  } else {
    for_range(0, features, [&](size_t i, auto part) { across_row(i, u.load(i, part), part); });
  }
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

// Clears the gradient by the bias of the classes of a block in which no row takes part.
inline void clear_bias_gradient(const ChunkScratch& work, const Block& block) {
  for (size_t s = 0; s < block.segment_count; s++) {
    const Segment& segment = block.segments[s];
    if (float* bias = work.bias_gradient_of(segment))
      memset(bias + segment.hadamard_row, 0, segment.count * sizeof(float));
  }
}

template <class Gradient>
bool may_be_minus_zero(const Gradient& g) {
  if constexpr (requires { g.has_no_minus_zero(); }) return !g.has_no_minus_zero();
  return true;
}

// Makes the gradients of all rows; those of a row of weight 0 are 0. gradient_of(r, block, spread) calls
// spread(segment, g) for every segment, with g as in spread_gradient.
template <class Gradient>
[[gnu::always_inline]] inline void backward_rows(ChunkScratch& work, size_t rows, const float* row_weights,
                                                 const Gradients& gradients, const Gradient& gradient_of) {
  const Head& head = work.head;
  work.bias_gradient = gradients.bias;
  if (head.signed_rows) clear_bins(work, row_weights);
  for (size_t b = 0; b < head.block_count; b++) {
    const Block& block = head.blocks[b];
    const Segment& first_part = block.segments[0];
    work.take_bias_gradient(block);
    for (size_t r = 0; r < rows; r++) {
      if (row_weights && row_weights[r] == 0) {
        leave_out(work, r, gradients);
        continue;
      }
      if (head.signed_rows) work.gradient = work.gradient_of(r);
      memset(work.gradient, 0, first_part.hadamard_row * sizeof(float));
      memset(work.gradient + end_of(first_part), 0,
             (block.hadamard_rows - end_of(first_part)) * sizeof(float));
      gradient_of(r, block, [&](const Segment& segment, const auto& g) {
        const Spreading how{&segment == &first_part, work.first_of_bias, may_be_minus_zero(g),
                            work.bias_gradient_of(segment)};
        spread_gradient(work.gradient, segment, how, g);
      });
      work.first_of_bias = false;
      if (head.signed_rows) continue;
      const PeriodicGradient u = transform_gradient(work, r, b);
      if (b + 1 == head.block_count) finish_row(work, r, u, gradients);
    }
    if (work.first_of_bias) clear_bias_gradient(work, block);
    work.give_bias_gradient(block);
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
