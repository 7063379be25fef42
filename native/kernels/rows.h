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

// One call's share of the scratch memory. The first three are indexed by row of the Hadamard matrix.
struct Work {
  const Head& head;
  const Parameters& parameters;
  const F32 v{};
  float* transform;
  float* logits;
  float* gradient;
  float* rescaled;  // rows × features
  float* u;         // rows × features
  const float* bias_by_row =
      nullptr;  // a copy of the bias that is aligned like the transform, if there is one
  Row row[kChunkRows];

  Work(const Head& h, const Parameters& p, void* scratch) : head(h), parameters(p) {
    const Layout at(h);
    float* base = static_cast<float*>(scratch);
    transform = base + at.transform;
    logits = base + at.logits;
    gradient = base + at.gradient;
    rescaled = base + at.rescaled;
    u = base + at.u;
  }

  // Worth it for some rows: loads that straddle cache lines cost twice. For heads of one segment.
  void align_bias(size_t rows) {
    if (!parameters.bias || head.segment_count > 1 || rows < 4) return;
    memcpy(logits + head.blocks[0].segments[0].row, parameters.bias, head.classes * sizeof(float));
    bias_by_row = logits;
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
    size_t transform = 0, logits, gradient, rescaled, u, end;
    explicit Layout(const Head& head) {
      constexpr size_t skew = 5 * kLanes;
      const size_t order = round_up(head.order, kLanes) + skew;
      const size_t rows = kChunkRows * round_up(head.features, kLanes);
      logits = transform + order + kPage / sizeof(float);
      gradient = logits + order;
      rescaled = gradient + order;
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
    part.store(to + i, F32::negate(part.load(from + i), mask[i / 32] >> (i % 32)));
  });
}

// A stage of which only the sums are wanted, read as the input of the stages after it.
struct Fold {
  const float* x;
  size_t half;
  F32::reg operator()(size_t i) const { return F32::add(F32::load(x + i), F32::load(x + i + half)); }
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
  for (size_t r = 0; r < blocks; r++) {
    const size_t wanted = needed - r * stride;
    transform_power_of_two(v, t + r * stride, stride, stride, wanted < stride ? wanted : stride);
  }
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
      : factor(F32::set(segment.negative ? -row.alpha : row.alpha)), bias(work.bias_by_row) {
    if (!bias && work.parameters.bias) bias = work.parameters.bias + segment.first - segment.row;
  }

  template <class P>
  [[gnu::always_inline]] F32::reg operator()(size_t i, F32::reg t, P part) const {
    const F32::reg z = F32::mul(t, factor);
    return bias ? F32::add(z, part.load(bias + i)) : z;
  }
};

// Gives the logits of a segment whose transform is at t to visit(i, z, Full or Part), with i the row of the
// matrix.
template <class Visit>
[[gnu::always_inline]] inline void visit_logits(const Logit& logit, const float* t, size_t from, size_t to,
                                                Visit& visit) {
  for_range(from, to, [&](size_t i, auto part) { visit(i, logit(i, F32::load(t + i), part), part); });
}

// The same as the sink of a transform. The registers that the segment covers in part are left in t: a
// function called for them here would cost all others their place in registers.
template <class Visit>
struct LogitSink {
  Visit visit;
  Logit logit;
  float* t;
  size_t from, to;

  [[gnu::always_inline]] void operator()(size_t i, F32::reg a) {
    if (i >= from && i + F32::width <= to) {
      visit(i, logit(i, a, Full{}), Full{});
    } else {
      F32::store(t + i, a);
    }
  }
};

// Whether a row goes into the transform as it is.
inline bool is_plain(const Head& head, const Block& block) {
  return !block.mask && !head.base && !head.columns && head.features == head.order;
}

// The transform of the masked row for one block; returns where it is.
inline const float* transform_row(const Work& work, const Row& row, const Block& block) {
  const Head& head = work.head;
  const size_t half = head.order / 2;
  float* t = work.transform_beside(row.x);
  if (is_plain(head, block) && block.rows <= half && block.rows > half / 2 && half >= F32::width) {
    Store<F32> sink{t};
    transform(work.v, Fold{row.x, half}, t, sink, 0, half);
    return t;
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
  const float* t = transform_row(work, row, block);
  for (size_t s = 0; s < block.segment_count; s++) {
    const Segment& segment = block.segments[s];
    auto visitor = visitor_of(segment);
    visit_logits(Logit(work, row, segment), t, segment.row, end_of(segment), visitor);
    done(segment, visitor);
  }
  return t;
}

// A visitor on its way through a transform that it is fed by, register by register.
template <class VisitorOf, class Done>
struct FusedVisit {
  const Segment& segment;
  const Row& row;
  const VisitorOf& visitor_of;
  const Done& done;
  float* t;

  [[gnu::always_inline]] auto sink(const Work& work) const {
    auto visitor = visitor_of(segment);
    return LogitSink<decltype(visitor)>{visitor, Logit(work, row, segment), t, segment.row, end_of(segment)};
  }

  // The registers that the segment covers in part, which the sink left in t.
  template <class Sink>
  [[gnu::always_inline]] void finish(const Sink& sink) const {
    const Logit& logit = sink.logit;
    auto visitor = sink.visit;
    const size_t from = segment.row;
    const size_t to = end_of(segment);
    const size_t first_full = round_up(from, F32::width);
    const size_t end_full = to / F32::width * F32::width;
    if (from < first_full) {
      auto before = visitor_of(segment);
      visit_logits(logit, t, from, to < first_full ? to : first_full, before);
      done(segment, before);
    }
    if (end_full < to && first_full <= end_full) visit_logits(logit, t, end_full, to, visitor);
    done(segment, visitor);
  }
};

// The first stages and the norm in one reading of a row of 2 · radix or, not folded, radix blocks. False, and
// nothing visited, if the row must be rescaled. Needs blocks as long as a sum has lanes: a register of lanes
// then takes its terms in the order of the sum.
template <int radix, bool folded, class Visit>
[[gnu::always_inline]] inline bool visit_while_reading(Work& work, Row& row, const Visit& visit) {
  constexpr size_t length = row_length_in_registers<F32>;
  constexpr size_t half = radix * length;
  const float* x = row.x;
  alignas(64) float squares[kLanes];
#pragma GCC unroll 1
  for (size_t j = 0; j < length; j += F32::width) {
    F32::reg a[radix];
    F32::reg sum = F32::set(0.0f);
#pragma GCC unroll 8
    for (int i = 0; i < radix; i++) {
      a[i] = F32::load(x + j + i * length);
      sum = F32::add(sum, F32::mul(a[i], a[i]));
    }
    if constexpr (folded) {
#pragma GCC unroll 8
      for (int i = 0; i < radix; i++) {
        const F32::reg b = F32::load(x + j + i * length + half);
        sum = F32::add(sum, F32::mul(b, b));
        a[i] = F32::add(a[i], b);
      }
    }
    F32::store(squares + j, sum);
    across(work.v, a);
#pragma GCC unroll 8
    for (int i = 0; i < radix; i++) F32::store(visit.t + j + i * length, a[i]);
  }
  Lanes lanes;
  for (int j = 0; j < Lanes::count; j++) lanes.lane[j] = F32::load(squares + j * F32::width);
  const float sum = lanes.fold();
  if (!needs_no_rescaling(sum)) return false;
  set_norm(work, row, sum, 0);
  auto sink = visit.sink(work);
#pragma GCC unroll 1
  for (int i = 0; i < radix; i++) {
    ::row<F32, F32::registers>(work.v, Load<F32>{visit.t}, sink, i * length);
  }
  visit.finish(sink);
  return true;
}

// visit_block of a row not yet read, where the registers of the transform may go straight to the visitor:
// saves storing them, but costs a copy of the whole transform in code for every visitor. A segment may come
// in two parts, the lower first, each with a visitor of its own.
template <class VisitorOf, class Done>
[[gnu::always_inline]] inline void read_and_visit_block(Work& work, const float* x, size_t index,
                                                        const Block& block, const VisitorOf& visitor_of,
                                                        const Done& done) {
  const size_t order = work.head.order;
  const bool direct = is_plain(work.head, block) && block.segment_count == 1 && block.rows > order / 4 &&
                      order >= 4 * F32::width;
  Row& row = work.row[index];
  if (!direct) {
    read_row(work, x, index);
    visit_block(work, row, block, visitor_of, done);
    return;
  }
  const bool folded = block.rows <= order / 2;
  row.x = x + index * order;
  FusedVisit<VisitorOf, Done> visit{block.segments[0], row, visitor_of, done, work.transform_beside(row.x)};
  if constexpr (row_length_in_registers<F32> == kLanes) {
    if (folded && order == 4 * kLanes && visit_while_reading<2, true>(work, row, visit)) return;
    if (folded && order == 8 * kLanes && visit_while_reading<4, true>(work, row, visit)) return;
    if (!folded && order == 2 * kLanes && visit_while_reading<2, false>(work, row, visit)) return;
    if (!folded && order == 4 * kLanes && visit_while_reading<4, false>(work, row, visit)) return;
    if (!folded && order == 8 * kLanes && visit_while_reading<8, false>(work, row, visit)) return;
  }
  read_row(work, x, index);
  auto sink = visit.sink(work);
  if (folded) {
    transform(work.v, Fold{row.x, order / 2}, visit.t, sink, 0, order / 2);
  } else {
    transform(work.v, Load<F32>{row.x}, visit.t, sink, 0, order);
  }
  visit.finish(sink);
}

}  // namespace
