// The passes over the rows of a head. Blocks run outside and rows inside, so the mask and the bias of a block
// are read once for all rows of a call; nothing is kept of the logits but what their reader asks for.
// docs/numerics.md has the formulas.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>

#include "../kernels.h"
#include "fwht.h"
#include "math.h"

namespace {

using fixed_classifier::Block;
using fixed_classifier::CrossEntropy;
using fixed_classifier::Gradients;
using fixed_classifier::Head;
using fixed_classifier::kChunkRows;
using fixed_classifier::Parameters;
using fixed_classifier::Segment;

struct Row {
  const float* x;  // the row as given, or its rescaled copy
  bool zero;
  float alpha;           // from transform to logit
  float alpha_of_input;  // the same for the row as given
  double norm;
  double epsilon;
};

// One call's share of the scratch memory. t, z and v are indexed by row of the Hadamard matrix.
struct Work {
  const Head& head;
  const Parameters& parameters;
  const F32 v{};
  float* transformed;
  float* logits;
  float* gradient;
  float* chunk_bias;
  float* rescaled;  // rows × features
  float* u;         // rows × features
  Row row[kChunkRows];

  Work(const Head& h, const Parameters& p, void* scratch) : head(h), parameters(p) {
    const Layout at(h);
    float* base = static_cast<float*>(scratch);
    transformed = base;
    logits = base + at.logits;
    gradient = base + at.gradient;
    chunk_bias = base + at.chunk_bias;
    rescaled = base + at.rescaled;
    u = base + at.u;
  }

  static size_t bytes(const Head& head) { return Layout(head).end * sizeof(float); }

 private:
  // Offsets in floats. Most of the last two is never touched: rescaling is rare, and u is used from two
  // blocks on.
  struct Layout {
    size_t logits, gradient, chunk_bias, rescaled, u, end;
    explicit Layout(const Head& head) {
      const size_t order = round_up(head.order, kLanes);
      const size_t rows = kChunkRows * round_up(head.features, kLanes);
      logits = order;
      gradient = logits + order;
      chunk_bias = gradient + order;
      rescaled = chunk_bias + round_up(head.classes, kLanes);
      u = rescaled + rows;
      end = u + (head.block_count > 1 ? rows : 0);
    }
  };
};

// Runs vector(i) over aligned registers and scalar(i) over what is left at both ends of [from, to).
template <class Vector, class OneByOne>
[[gnu::always_inline]] inline void for_range(size_t from, size_t to, const Vector& vector,
                                             const OneByOne& scalar) {
  size_t i = from;
  for (; i < to && i % F32::width != 0; i++) scalar(i);
  for (; i + F32::width <= to; i += F32::width) vector(i);
  for (; i < to; i++) scalar(i);
}

inline void read_row(Work& work, const float* x, size_t index) {
  const size_t features = work.head.features;
  float sum = sum_groups(0, features, Products{x, x});
  int exponent = 0;
  Row& row = work.row[index];
  row.x = x;
  if (sum < 0x1p-80f || sum > 0x1p100f) {
    float largest = 0;
    for (size_t i = 0; i < features; i++) {
      const float size = __builtin_fabsf(x[i]);
      if (size > largest) largest = size;
    }
    if (largest > 0 && largest < kInfinity) {
      exponent = exponent_of(largest);
      const double down = power_of_two(-exponent);
      float* copy = work.rescaled + index * features;
      for (size_t i = 0; i < features; i++) copy[i] = static_cast<float>(x[i] * down);
      sum = sum_groups(0, features, Products{copy, copy});
      row.x = copy;
    }
  }
  row.zero = sum == 0;
  row.norm = __builtin_sqrt(static_cast<double>(sum));
  row.epsilon = 1e-8 * power_of_two(-exponent);
  const double gain = work.parameters.scale * work.head.unit / (row.norm + row.epsilon);
  row.alpha = static_cast<float>(gain);
  row.alpha_of_input = static_cast<float>(gain * power_of_two(-exponent));
}

inline bool negated(const uint32_t* mask, size_t i) { return (mask[i / 32] >> (i % 32)) & 1; }

// to[i] = ±from[i]
inline void apply_mask(const uint32_t* mask, const float* from, float* to, size_t count) {
  for_range(
      0, count,
      [&](size_t i) { F32::store(to + i, F32::negate(F32::load(from + i), mask[i / 32] >> (i % 32))); },
      [&](size_t i) { to[i] = negated(mask, i) ? -from[i] : from[i]; });
}

// to[i] = from[i] + from[i + half], where from has `support` entries followed by padding.
inline void fold_halves(const float* from, size_t support, size_t half, float* to) {
  const size_t both = support - half;
  for_range(
      0, both,
      [&](size_t i) { F32::store(to + i, F32::add(F32::load(from + i), F32::load(from + i + half))); },
      [&](size_t i) { to[i] = from[i] + from[i + half]; });
  for_range(
      both, half, [&](size_t i) { F32::store(to + i, F32::add(F32::load(from + i), F32::set(0.0f))); },
      [&](size_t i) { to[i] = from[i] + 0.0f; });
}

// Outputs [0, needed) of the order-point transform of `support` entries in t. Stages that only copy shrink
// the transform and are made up for at the end; stages of which only the sums are wanted leave the first
// half.
inline void partial_transform(const F32& v, float* t, size_t order, size_t support, size_t needed) {
  size_t n = order;
  while (n > 1) {
    const size_t half = n / 2;
    if (support > half) {
      if (needed > half) break;
      fold_halves(t, support, half, t);
      support = half;
    }
    n = half;
  }
  memset(t + support, 0, (n - support) * sizeof(float));
  transform(v, t, n);
  for (size_t i = n; i < needed; i += n) memcpy(t + i, t, (n < needed - i ? n : needed - i) * sizeof(float));
}

// Leaves the rows of a block that carry classes in work.transformed.
inline void transform_row(Work& work, const Row& row, const Block& block) {
  const size_t features = work.head.features;
  const size_t half = work.head.order / 2;
  float* t = work.transformed;
  if (block.mask) {
    apply_mask(block.mask, row.x, t, features);
  } else if (features > half && half > 0 && block.rows <= half) {
    fold_halves(row.x, features, half, t);
    return partial_transform(work.v, t, half, half, block.rows);
  } else {
    memcpy(t, row.x, features * sizeof(float));
  }
  partial_transform(work.v, t, work.head.order, features, block.rows);
}

// The logits of a segment: factor · t[row] + bias. `out` and `bias` are indexed by row.
struct Logits {
  const float* t;
  float factor;
  const float* bias;

  Logits(const Work& work, const Row& row, const Segment& segment)
      : t(work.transformed), factor(segment.negative ? -row.alpha : row.alpha), bias(work.parameters.bias) {
    if (bias) bias += segment.first - segment.row;
  }
  F32::reg vector(size_t i) const {
    const F32::reg z = F32::mul(F32::load(t + i), F32::set(factor));
    return bias ? F32::add(z, F32::load(bias + i)) : z;
  }
  float scalar(size_t i) const {
    const float z = factor * t[i];
    return bias ? z + bias[i] : z;
  }
};

inline size_t end_of(const Segment& segment) { return segment.row + segment.count; }

inline void store_logits(const Logits& logits, const Segment& segment, float* z) {
  for_range(
      segment.row, end_of(segment), [&](size_t i) { F32::store(z + i, logits.vector(i)); },
      [&](size_t i) { z[i] = logits.scalar(i); });
}

inline float largest_of(const float* z, size_t from, size_t to) {
  F32::reg lanes = F32::set(-kInfinity);
  float largest = -kInfinity;
  for_range(
      from, to, [&](size_t i) { lanes = F32::max(F32::load(z + i), lanes); },
      [&](size_t i) { largest = z[i] > largest ? z[i] : largest; });
  alignas(64) float all[F32::width];
  F32::store(all, lanes);
  for (float lane : all) largest = lane > largest ? lane : largest;
  return largest;
}

inline float shift_of(float max) { return max == -kInfinity ? 0.0f : max; }

// z[i] = exp(z[i] − shift), by whole registers: what stands beside the range in them is lost.
inline void exponentials(const F32& v, float* z, size_t from, size_t to, float shift) {
  const F32::reg h = F32::set(shift);
  for (size_t i = from / F32::width * F32::width; i < to; i += F32::width) {
    F32::store(z + i, exp_nonpositive(v, v.sub(F32::load(z + i), h)));
  }
}

// Running maximum and sum of exponentials over segments.
struct Softmax {
  float max;
  double sum;
  bool started = false;

  void join(const F32& v, float m, float s) {
    if (!started) {
      max = m;
      sum = s;
      started = true;
    } else if (m > max) {
      sum = sum * static_cast<double>(exp_of_one(v, max - m)) + s;
      max = m;
    } else {
      sum = m == -kInfinity ? sum + s : sum + s * static_cast<double>(exp_of_one(v, m - max));
    }
  }
  float reciprocal() const { return static_cast<float>(1 / sum); }
};

// Leaves exp(z − the segment's maximum) in z.
inline void join_segment(const F32& v, Softmax& softmax, const Segment& segment, float* z) {
  const float max = largest_of(z, segment.row, end_of(segment));
  exponentials(v, z, segment.row, end_of(segment), shift_of(max));
  softmax.join(v, max, sum_groups(segment.row, end_of(segment), Values{z}));
}

template <class PerSegment>
[[gnu::always_inline]] inline void for_segments(Work& work, const float* x, size_t rows,
                                                const PerSegment& visit) {
  for (size_t b = 0; b < work.head.block_count; b++) {
    const Block& block = work.head.blocks[b];
    for (size_t r = 0; r < rows; r++) {
      if (b == 0) read_row(work, x + r * work.head.features, r);
      transform_row(work, work.row[r], block);
      for (size_t s = 0; s < block.segment_count; s++) visit(r, block.segments[s]);
    }
  }
}

void forward(const Head& head, const Parameters& parameters, const float* x, size_t rows, float* out,
             void* scratch) {
  Work work(head, parameters, scratch);
  for_segments(work, x, rows, [&](size_t r, const Segment& segment) {
    store_logits(Logits(work, work.row[r], segment), segment,
                 out + r * head.classes + segment.first - segment.row);
  });
}

void probabilities(const Head& head, const Parameters& parameters, const float* x, size_t rows, float* out,
                   void* scratch) {
  Work work(head, parameters, scratch);
  Softmax softmax[kChunkRows];
  for_segments(work, x, rows, [&](size_t r, const Segment& segment) {
    float* logits = work.logits;
    store_logits(Logits(work, work.row[r], segment), segment, logits);
    memcpy(out + r * head.classes + segment.first, logits + segment.row, segment.count * sizeof(float));
    join_segment(work.v, softmax[r], segment, logits);
  });
  for (size_t r = 0; r < rows; r++) {
    float* z = out + r * head.classes;
    const F32::reg shift = F32::set(shift_of(softmax[r].max));
    const F32::reg factor = F32::set(softmax[r].reciprocal());
    alignas(64) float tail[F32::width] = {};
    const auto softmax_of = [&](F32::reg a) {
      return F32::mul(exp_nonpositive(work.v, work.v.sub(a, shift)), factor);
    };
    size_t c = 0;
    for (; c + F32::width <= head.classes; c += F32::width) F32::store(z + c, softmax_of(F32::load(z + c)));
    memcpy(tail, z + c, (head.classes - c) * sizeof(float));
    F32::store(tail, softmax_of(F32::load(tail)));
    memcpy(z + c, tail, (head.classes - c) * sizeof(float));
  }
}

// The best so far of one row: by larger logit, then by lower class; NaN is below everything.
struct Best {
  size_t k;
  size_t filled;
  int32_t* classes;
  float* scores;

  static bool above(float a, float b) { return a > b || (b != b && a == a); }

  void offer(int32_t c, float score) {
    size_t place = filled < k ? filled : k;
    while (place > 0 && above(score, scores[place - 1])) place--;
    if (place == k) return;
    if (filled < k) filled++;
    for (size_t i = filled - 1; i > place; i--) {
      classes[i] = classes[i - 1];
      scores[i] = scores[i - 1];
    }
    classes[place] = c;
    scores[place] = score;
  }
};

void top_k(const Head& head, const Parameters& parameters, const float* x, size_t rows, size_t k,
           int32_t* classes, float* scores, void* scratch) {
  Work work(head, parameters, scratch);
  size_t filled[kChunkRows] = {};
  for_segments(work, x, rows, [&](size_t r, const Segment& segment) {
    Best best{k, filled[r], classes + r * k, scores + r * k};
    const Logits logits(work, work.row[r], segment);
    const auto offer = [&](size_t i, float z) {
      best.offer(static_cast<int32_t>(segment.first + i - segment.row), z);
    };
    for_range(
        segment.row, end_of(segment),
        [&](size_t i) {
          const F32::reg z = logits.vector(i);
          // Almost every register ends here: nothing in it beats the last of the best.
          if (best.filled == k && scores[r * k + k - 1] == scores[r * k + k - 1] &&
              !F32::any_greater(z, F32::set(scores[r * k + k - 1]))) {
            return;
          }
          alignas(64) float lanes[F32::width];
          F32::store(lanes, z);
          for (int j = 0; j < F32::width; j++) offer(i + j, lanes[j]);
        },
        [&](size_t i) { offer(i, logits.scalar(i)); });
    filled[r] = best.filled;
  });
}

// Adds a segment's gradient by logits, indexed by row, to the bias and to the input of the transposed
// transform.
inline void spread_gradient(Work& work, const Segment& segment, const float* g, bool with_bias) {
  float* v = work.gradient;
  const F32 ops = work.v;
  for_range(
      segment.row, end_of(segment),
      [&](size_t i) {
        const F32::reg a = F32::load(v + i);
        const F32::reg b = F32::load(g + i);
        F32::store(v + i, segment.negative ? ops.sub(a, b) : F32::add(a, b));
      },
      [&](size_t i) { v[i] = segment.negative ? v[i] - g[i] : v[i] + g[i]; });
  if (!with_bias) return;
  float* bias = work.chunk_bias + segment.first - segment.row;
  for_range(
      segment.row, end_of(segment),
      [&](size_t i) { F32::store(bias + i, F32::add(F32::load(bias + i), F32::load(g + i))); },
      [&](size_t i) { bias[i] += g[i]; });
}

// Turns work.gradient into this block's share of u of the row, and returns where u is.
inline const float* transform_gradient(Work& work, size_t r, size_t b) {
  const Head& head = work.head;
  const Block& block = head.blocks[b];
  float* v = work.gradient;
  partial_transform(work.v, v, head.order, block.rows, head.features);
  if (block.mask) apply_mask(block.mask, v, v, head.features);
  if (head.block_count == 1) return v;
  float* u = work.u + r * head.features;
  if (b == 0) {
    memcpy(u, v, head.features * sizeof(float));
  } else {
    for (size_t i = 0; i < head.features; i++) u[i] += v[i];
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
  const double dot = sum_groups(0, features, Products{u, row.x});
  const float beta = static_cast<float>(dot / (row.norm * (row.norm + row.epsilon)));
  for_range(
      0, features,
      [&](size_t i) {
        const F32::reg along = F32::mul(F32::load(row.x + i), F32::set(beta));
        F32::store(out + i, F32::mul(F32::set(row.alpha_of_input), work.v.sub(F32::load(u + i), along)));
      },
      [&](size_t i) { out[i] = row.alpha_of_input * (u[i] - row.x[i] * beta); });
  gradients.scale[r] = static_cast<float>(dot * work.head.unit / (row.norm + row.epsilon));
}

// `gradient_of(r, segment)` returns the gradient by the logits of a segment, indexed by row.
template <class Gradient>
[[gnu::always_inline]] inline void backward_rows(Work& work, size_t rows, const Gradients& gradients,
                                                 const Gradient& gradient_of) {
  const Head& head = work.head;
  const bool with_bias = gradients.bias != nullptr;
  if (with_bias) memset(work.chunk_bias, 0, head.classes * sizeof(float));
  for (size_t b = 0; b < head.block_count; b++) {
    const Block& block = head.blocks[b];
    for (size_t r = 0; r < rows; r++) {
      memset(work.gradient, 0, block.rows * sizeof(float));
      gradient_of(r, block, [&](const Segment& segment, const float* g) {
        spread_gradient(work, segment, g, with_bias);
      });
      const float* u = transform_gradient(work, r, b);
      if (b + 1 == head.block_count) finish_row(work, r, u, gradients);
    }
  }
  if (!with_bias) return;
  for_range(
      0, head.classes,
      [&](size_t c) {
        F32::store(gradients.bias + c,
                   F32::add(F32::load(gradients.bias + c), F32::load(work.chunk_bias + c)));
      },
      [&](size_t c) { gradients.bias[c] += work.chunk_bias[c]; });
}

void backward(const Head& head, const Parameters& parameters, const float* x, size_t rows,
              const float* grad_logits, const Gradients& gradients, void* scratch) {
  Work work(head, parameters, scratch);
  backward_rows(work, rows, gradients, [&](size_t r, const Block& block, const auto& spread) {
    if (&block == head.blocks) read_row(work, x + r * head.features, r);
    for (size_t s = 0; s < block.segment_count; s++) {
      const Segment& segment = block.segments[s];
      spread(segment, grad_logits + r * head.classes + segment.first - segment.row);
    }
  });
}

// What the loss of a row takes from its logits.
struct RowLoss {
  Softmax softmax;
  double sum_of_logits = 0;
  float logit_of_label;
};

inline float loss_of(const RowLoss& row, double smoothing, size_t classes) {
  const double base = log(row.softmax.sum) + row.softmax.max;
  if (smoothing == 0) return static_cast<float>(base - row.logit_of_label);
  return static_cast<float>(base - (1 - smoothing) * row.logit_of_label -
                            smoothing / static_cast<double>(classes) * row.sum_of_logits);
}

// Turns exp(z − max) of a segment into the gradient by its logits.
inline void gradient_of_segment(const Work& work, const CrossEntropy& loss, size_t label,
                                const Segment& segment, float reciprocal, float* z) {
  const double classes = static_cast<double>(work.head.classes);
  const float others = static_cast<float>(loss.label_smoothing / classes);
  const float target = static_cast<float>(1 - loss.label_smoothing + loss.label_smoothing / classes);
  const bool here = label >= segment.first && label < segment.first + segment.count;
  const size_t label_row = label - segment.first + segment.row;
  const float of_label = here ? (z[label_row] * reciprocal - target) * loss.factor : 0.0f;
  for (size_t i = segment.row / F32::width * F32::width; i < end_of(segment); i += F32::width) {
    const F32::reg p = F32::mul(F32::load(z + i), F32::set(reciprocal));
    F32::store(z + i, F32::mul(work.v.sub(p, F32::set(others)), F32::set(loss.factor)));
  }
  if (here) z[label_row] = of_label;
}

void loss_and_gradient(const Head& head, const Parameters& parameters, const float* x, size_t rows,
                       const CrossEntropy& loss, float* losses, const Gradients& gradients, void* scratch) {
  Work work(head, parameters, scratch);
  RowLoss row_loss[kChunkRows];
  float* z = work.logits;
  const auto take = [&](size_t r, const Segment& segment) {
    RowLoss& row = row_loss[r];
    store_logits(Logits(work, work.row[r], segment), segment, z);
    const size_t label = static_cast<size_t>(loss.labels[r]);
    if (label >= segment.first && label < segment.first + segment.count) {
      row.logit_of_label = z[label - segment.first + segment.row];
    }
    if (loss.label_smoothing != 0) row.sum_of_logits += sum_groups(segment.row, end_of(segment), Values{z});
    join_segment(work.v, row.softmax, segment, z);
  };
  // With one block a row is finished while its transform is at hand; otherwise the softmax needs all blocks
  // first.
  const bool one_block = head.block_count == 1;
  if (!one_block) for_segments(work, x, rows, take);
  backward_rows(work, rows, gradients, [&](size_t r, const Block& block, const auto& spread) {
    if (one_block) read_row(work, x + r * head.features, r);
    transform_row(work, work.row[r], block);
    if (one_block) {
      for (size_t s = 0; s < block.segment_count; s++) take(r, block.segments[s]);
    }
    const Softmax& softmax = row_loss[r].softmax;
    const float reciprocal = softmax.reciprocal();
    const size_t label = static_cast<size_t>(loss.labels[r]);
    for (size_t s = 0; s < block.segment_count; s++) {
      const Segment& segment = block.segments[s];
      if (head.segment_count > 1) {  // otherwise z still holds them
        store_logits(Logits(work, work.row[r], segment), segment, z);
        exponentials(work.v, z, segment.row, end_of(segment), shift_of(softmax.max));
      }
      gradient_of_segment(work, loss, label, segment, reciprocal, z);
      spread(segment, z);
    }
  });
  for (size_t r = 0; r < rows; r++) losses[r] = loss_of(row_loss[r], loss.label_smoothing, head.classes);
}

}  // namespace
