// From a row of features to the transforms of its blocks, and the registers of a transform to whoever wants
// its logits.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>

#include "../kernels.h"
#include "base.h"
#include "fwht.h"
#include "math.h"

namespace {

using fixed_classifier::Block;
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

// One call's share of the scratch memory. The first four are indexed by row of the Hadamard matrix.
struct Work {
  const Head& head;
  const Parameters& parameters;
  const size_t rows;
  const F32 v{};
  float* transform;
  float* logits;
  float* gradient;
  float* bias;
  float* rescaled;  // rows × features
  float* u;         // rows × features
  // A copy of the bias that is aligned like the transform, if there is one.
  const float* bias_by_row = nullptr;
  Row row[kChunkRows];

  Work(const Head& h, const Parameters& p, size_t row_count, void* scratch)
      : head(h), parameters(p), rows(row_count) {
    const Layout at(h);
    float* base = static_cast<float*>(scratch);
    transform = base + at.transform;
    logits = base + at.logits;
    gradient = base + at.gradient;
    bias = base + at.bias;
    rescaled = base + at.rescaled;
    u = base + at.u;
  }

  // Worth it for some rows: loads that straddle cache lines cost twice. For heads of one segment.
  void align_bias() {
    if (!parameters.bias || head.segment_count > 1 || rows < 4) return;
    memcpy(bias + head.blocks[0].segments[0].row, parameters.bias, head.classes * sizeof(float));
    bias_by_row = bias;
  }

  static size_t bytes(const Head& head) { return Layout(head).end * sizeof(float); }

  // The transform's memory for a row at x. A load that follows a store to the same offset in another page
  // waits for it, so the two are kept half a page apart.
  float* transform_beside(const float* x) const {
    const auto distance = reinterpret_cast<uintptr_t>(x) - reinterpret_cast<uintptr_t>(transform);
    return transform + (distance + kPage / 2) % kPage / 64 * 16;
  }

 private:
  static constexpr size_t kPage = 4096;

  // Offsets in floats; the parts start at different offsets in a page. Most of the last two is never touched:
  // rescaling is rare, and u is used from two blocks on.
  struct Layout {
    size_t transform = 0, logits, gradient, bias, rescaled, u, end;
    explicit Layout(const Head& head) {
      constexpr size_t skew = 5 * kLanes;
      const size_t order = round_up(head.order, kLanes) + skew;
      const size_t rows = kChunkRows * round_up(head.features, kLanes);
      logits = transform + order + kPage / sizeof(float);
      gradient = logits + order;
      bias = gradient + order;
      rescaled = bias + order;
      u = rescaled + rows;
      end = u + (head.block_count > 1 ? rows : 0);
    }
  };
};

// Whether a row with this sum of squares is used as it is.
inline bool needs_no_rescaling(float sum) { return !(sum < 0x1p-80f || sum > 0x1p100f); }

inline void set_norm(const Work& work, Row& row, float sum, int exponent) {
  row.zero = sum == 0;
  row.norm = __builtin_sqrt(static_cast<double>(sum));
  row.epsilon = 1e-8 * power_of_two(-exponent);
  const double gain = work.parameters.scale * work.head.unit / (row.norm + row.epsilon);
  row.alpha = static_cast<float>(gain);
  row.alpha_of_input = static_cast<float>(gain * power_of_two(-exponent));
}

inline void read_row(Work& work, const float* x, size_t index) {
  const size_t features = work.head.features;
  Row& row = work.row[index];
  row.x = x + index * features;
  float sum = sum_of_squares(row.x, features);
  int exponent = 0;
  if (!needs_no_rescaling(sum)) {
    float largest = 0;
    for (size_t i = 0; i < features; i++) {
      const float size = __builtin_fabsf(row.x[i]);
      if (size > largest) largest = size;
    }
    if (largest > 0 && largest < kInfinity) {
      exponent = exponent_of(largest);
      const double down = power_of_two(-exponent);
      float* copy = work.rescaled + index * features;
      for (size_t i = 0; i < features; i++) copy[i] = static_cast<float>(row.x[i] * down);
      sum = sum_of_squares(copy, features);
      row.x = copy;
    }
  }
  set_norm(work, row, sum, exponent);
}

// to[i] = ±from[i]
inline void apply_mask(const uint32_t* mask, const float* from, float* to, size_t count) {
  for_range(0, count, [&](size_t i, auto part) {
    part.store(to + i, F32::flip_signs(part.load(from + i), mask[i / 32] >> (i % 32)));
  });
}

// A stage of which only the sums are wanted, read as the input of the stages after it.
struct Fold {
  const float* x;
  size_t half;
  F32::reg operator()(size_t i) const { return F32::add(F32::load(x + i), F32::load(x + i + half)); }
};

// A row with the signs of a mask.
struct Masked {
  const float* x;
  const uint32_t* mask;
  F32::reg operator()(size_t i) const { return F32::flip_signs(F32::load(x + i), mask[i / 32] >> (i % 32)); }
};

// Brings the order-point transform of `support` entries in t, of which the outputs [0, needed) are wanted, to
// a shorter one that is still to be done, and returns its length n: output i of the longer is output i mod n
// of the shorter. Stages that only copy are left out; stages of which only the sums are wanted leave the
// first half.
inline size_t shorten(float* t, size_t order, size_t support, size_t needed) {
  size_t n = order;
  while (n > 1) {
    const size_t half = n / 2;
    if (support > half) {
      if (needed > half) break;
      memset(t + support, 0, (n - support) * sizeof(float));
      for_range(0, half, [&](size_t i, auto part) {
        part.store(t + i, F32::add(part.load(t + i), part.load(t + i + half)));
      });
      support = half;
    }
    n = half;
  }
  memset(t + support, 0, (n - support) * sizeof(float));
  return n;
}

inline void transform_power_of_two(const F32& v, float* t, size_t order, size_t support, size_t needed) {
  const size_t n = shorten(t, order, support, needed);
  transform_in_place(v, t, n);
  for (size_t i = n; i < needed; i += n) memcpy(t + i, t, (n < needed - i ? n : needed - i) * sizeof(float));
}

// Outputs [0, needed) of the transform of `support` entries in t.
inline void transform_in_full(const F32& v, const Head& head, float* t, size_t support, size_t needed) {
  if (!head.base) return transform_power_of_two(v, t, head.order, support, needed);
  const size_t stride = head.order / head.base->order;
  const size_t blocks = (needed + stride - 1) / stride;
  memset(t + support, 0, (head.order - support) * sizeof(float));
  base_stage(v, *head.base, t, stride, blocks);
  const size_t whole = needed / stride;
  transform_rows_in_place(v, t, stride, whole);
  if (whole < blocks) transform_power_of_two(v, t + whole * stride, stride, stride, needed - whole * stride);
}

// Puts the features of a row, with the signs of a mask, where they stand in the matrix. Returns the support.
inline size_t place_features(const Head& head, const uint32_t* mask, const float* x, float* t) {
  if (head.columns) {
    memset(t, 0, head.order * sizeof(float));
    for (size_t i = 0; i < head.features; i++) {
      const bool negated = mask && ((mask[i / 32] >> (i % 32)) & 1);
      t[head.columns[i]] = negated ? -x[i] : x[i];
    }
    return head.order;
  }
  if (mask) {
    apply_mask(mask, x, t, head.features);
  } else {
    memcpy(t, x, head.features * sizeof(float));
  }
  return head.features;
}

inline size_t end_of(const Segment& segment) { return segment.row + segment.count; }

// From registers of the transform to logits of a segment. `bias` is indexed by row of the matrix; null: none.
struct Logit {
  F32::reg factor;
  const float* bias;

  Logit(const Work& work, const Row& row, const Segment& segment)
      : factor(F32::broadcast(segment.negative ? -row.alpha : row.alpha)), bias(work.bias_by_row) {
    if (!bias && work.parameters.bias) bias = work.parameters.bias + segment.first - segment.row;
  }

  template <class P>
  [[gnu::always_inline]] F32::reg operator()(size_t i, F32::reg t, P part) const {
    const F32::reg z = F32::mul(t, factor);
    return bias ? F32::add(z, part.load(bias + i)) : z;
  }
};

// Gives those logits of a segment whose transform is at t to visit(i, z, Part), i the row of the matrix, that
// stand in registers which the segment covers in part.
template <class Visit>
inline void visit_edges(const Logit& logit, const float* t, size_t from, size_t to, Visit& visit) {
  const size_t first = from / F32::width * F32::width;
  const size_t last = to / F32::width * F32::width;
  const auto edge = [&](size_t i, size_t begin, size_t end) {
    const Part part{static_cast<int>(begin - i), static_cast<int>(end - i)};
    visit(i, logit(i, F32::load(t + i), part), part);
  };
  if (first < from) edge(first, from, last > first ? first + F32::width : to);
  if (last < to && (last > first || first == from)) edge(last, last, to);
}

// Gives all logits of a segment to visit(i, z, Full or Part). In between a visitor is what its open()
// returns: a local object, which the compiler keeps in registers.
template <class Visit>
[[gnu::always_inline]] inline void visit_logits(const Logit& logit, const float* t, size_t from, size_t to,
                                                Visit& visit) {
  auto local = visit.open();
  for (size_t i = round_up(from, F32::width); i + F32::width <= to; i += F32::width) {
    local(i, logit(i, F32::load(t + i), Full{}), Full{});
  }
  visit.close(local);
  visit_edges(logit, t, from, to, visit);
}

// Whether every entry of a row is a feature, in its place, and the order a power of two.
inline bool fills_matrix(const Head& head) {
  return !head.base && !head.columns && head.features == head.order;
}

// Whether a row goes into the transform as it is.
inline bool is_plain(const Head& head, const Block& block) { return !block.mask && fills_matrix(head); }

// The transform of the masked row for one block; returns where it is.
inline const float* transform_block(const Work& work, const Row& row, const Block& block) {
  const Head& head = work.head;
  const size_t half = head.order / 2;
  float* t = work.transform_beside(row.x);
  if (fills_matrix(head) && half >= F32::width) {
    if (block.rows > half) {
      if (block.mask) {
        transform(work.v, Masked{row.x, block.mask}, t, 0, head.order);
      } else {
        transform(work.v, Load<F32>{row.x}, t, 0, head.order);
      }
      return t;
    }
    if (!block.mask && block.rows > half / 2) {
      transform(work.v, Fold{row.x, half}, t, 0, half);
      return t;
    }
  }
  const size_t support = place_features(head, block.mask, row.x, t);
  transform_in_full(work.v, head, t, support, block.rows);
  return t;
}

// Shows all logits of a block, segment by segment: visitor_of(segment) makes the visitor, done(segment,
// visitor) gets it back. Returns where the transform is.
template <class VisitorOf, class Done>
[[gnu::always_inline]] inline const float* visit_block(const Work& work, const Row& row, const Block& block,
                                                       const VisitorOf& visitor_of, const Done& done) {
  const float* t = transform_block(work, row, block);
  for (size_t s = 0; s < block.segment_count; s++) {
    const Segment& segment = block.segments[s];
    auto visitor = visitor_of(segment);
    visit_logits(Logit(work, row, segment), t, segment.row, end_of(segment), visitor);
    done(segment, visitor);
  }
  return t;
}

// visit_logits as the sink of rows that fit the registers, where there are registers to spare for it: saves
// storing and loading the transform. Registers that the segment does not cover whole are left in t: a
// function called for them here would cost all others their place in registers.
template <class Visit>
struct LogitSink {
  Visit visit;
  Logit logit;
  float* t;
  size_t from, to;

  template <int count>
  [[gnu::always_inline]] void operator()(const F32::reg (&a)[count], size_t at) {
    auto local = visit.open();
#pragma GCC unroll 16
    for (int i = 0; i < count; i++) {
      const size_t row = at + i * F32::width;
      if (row >= from && row + F32::width <= to) {
        local(row, logit(row, a[i], Full{}), Full{});
      } else {
        F32::store(t + row, a[i]);
      }
    }
    visit.close(local);
  }
};

// The first stages and the norm in one reading of a row of 2 · radix or, not folded, radix blocks, each as
// long as a sum has lanes: a register of lanes then takes its terms in the order of the sum. Leaves the
// blocks, to be transformed, in t and returns the sum of squares.
template <int radix, bool folded>
float columns_and_squares(const F32& v, const float* x, float* t) {
  constexpr size_t half = radix * kLanes;
  Lanes squares;
#pragma GCC unroll 1
  for (size_t j = 0; j < kLanes; j += F32::width) {
    F32::reg a[radix];
    F32::reg sum = F32::broadcast(0.0f);
#pragma GCC unroll 8
    for (int i = 0; i < radix; i++) {
      a[i] = F32::load(x + j + i * kLanes);
      sum = F32::add(sum, F32::mul(a[i], a[i]));
    }
    if constexpr (folded) {
#pragma GCC unroll 8
      for (int i = 0; i < radix; i++) {
        const F32::reg b = F32::load(x + j + i * kLanes + half);
        sum = F32::add(sum, F32::mul(b, b));
        a[i] = F32::add(a[i], b);
      }
    }
    squares.lane[j / F32::width] = sum;
    across(v, a);
#pragma GCC unroll 8
    for (int i = 0; i < radix; i++) F32::store(t + j + i * kLanes, a[i]);
  }
  return squares.fold();
}

// The columns_and_squares for a row of this order, if there is one.
struct Reading {
  float (*columns_and_squares)(const F32& v, const float* x, float* t) = nullptr;
  size_t blocks = 0;

  Reading(size_t order, bool folded) {
    if (folded && order == 4 * kLanes) *this = of<2, true>();
    if (folded && order == 8 * kLanes) *this = of<4, true>();
    if (!folded && order == 2 * kLanes) *this = of<2, false>();
    if (!folded && order == 4 * kLanes) *this = of<4, false>();
    if (!folded && order == 8 * kLanes) *this = of<8, false>();
  }

 private:
  Reading(float (*function)(const F32&, const float*, float*), size_t count)
      : columns_and_squares(function), blocks(count) {}
  template <int radix, bool folded>
  static Reading of() {
    return {::columns_and_squares<radix, folded>, radix};
  }
};

// Asks for features that are needed soon. Every other line: Zen 3 fetches them in pairs, and to ask for all
// takes longer than it saves where the rows are in the second-level cache.
inline void prefetch(const float* x, size_t count) {
  constexpr size_t kLine = 64 / sizeof(float);
  for (size_t i = 0; i < count; i += 2 * kLine) __builtin_prefetch(x + i);
}

// Reads a row once and shows the visitor the logits of a block that is one segment. False, and nothing
// visited, where there is no such way or the row must be rescaled.
template <class Visit>
bool read_and_visit_segment(Work& work, const float* x, size_t index, const Block& block, Visit& visit) {
  const size_t order = work.head.order;
  const Segment& segment = block.segments[0];
  if (!is_plain(work.head, block) || block.segment_count != 1) return false;
  const Reading reading(order, block.rows <= order / 2);
  if (reading.blocks == 0 || block.rows <= order / 4) return false;
  Row& row = work.row[index];
  row.x = x + index * order;
  float* t = work.transform_beside(row.x);
  const float sum = reading.columns_and_squares(work.v, row.x, t);
  if (!needs_no_rescaling(sum)) return false;
  set_norm(work, row, sum, 0);
  const Logit logit(work, row, segment);
  const size_t to = end_of(segment);
  if constexpr (row_length_in_registers<F32> == kLanes) {
    LogitSink<Visit> sink{visit, logit, t, segment.row, to};
#pragma GCC unroll 1
    for (size_t i = 0; i < reading.blocks; i++) {
      transform_registers<F32, F32::registers>(Load<F32>{t}, sink, i * kLanes);
    }
    visit = sink.visit;
    visit_edges(logit, t, segment.row, to, visit);
  } else {
    const size_t share = order / reading.blocks;
    const float* next = index + 1 < work.rows ? row.x + order : nullptr;
    for (size_t i = 0; i < reading.blocks; i++) {
      if (next) prefetch(next + i * share, share);
      transform(work.v, Load<F32>{t}, t, i * kLanes, kLanes);
    }
    visit_logits(logit, t, segment.row, to, visit);
  }
  return true;
}

// visit_block of a row not yet read.
template <class VisitorOf, class Done>
[[gnu::always_inline]] inline void read_and_visit_block(Work& work, const float* x, size_t index,
                                                        const Block& block, const VisitorOf& visitor_of,
                                                        const Done& done) {
  const Segment& segment = block.segments[0];
  auto visitor = visitor_of(segment);
  if (read_and_visit_segment(work, x, index, block, visitor)) {
    done(segment, visitor);
  } else {
    read_row(work, x, index);
    visit_block(work, work.row[index], block, visitor_of, done);
  }
}

}  // namespace
