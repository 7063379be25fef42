// From the transform of a block to logits, which are shown to a visitor while they are in registers. What an
// operation does with logits it does in a visitor of its own, so that nobody has to store them for it.
//
//   visitor_of(row, segment)     makes the visitor of a segment of a row of features; without `row` where a
//                                function has only one
//   visitor.open()               makes a local object that stands for the visitor while whole registers are
//                                shown; the compiler keeps the members of a local object in registers
//   local(i, z, Full{})          takes a register of logits, whose first is that of row i of the Hadamard
//                                matrix; i is a multiple of the width
//   visitor.close(local)         takes back what the local object has gathered
//   Visitor::keeps_in_cache      whether what it stores stays in the first-level cache
//   visitor(i, z, part)          takes a register that the segment covers in part, an edge, while no local
//                                object is open
//   done(row, segment, visitor)  takes the visitor when it has seen the whole segment; without `row` as above
//
// Every logit of a segment is shown once, in any order, and open and close may take turns. StoreLogits below
// is the simplest visitor; KeepLogits in softmax.h has something to take back.
#pragma once

#include <cstddef>

#include "block.h"
#include "range.h"
#include "table.h"
#include "work.h"

namespace {

using fixed_classifier::Segment;

// Returns the row of the matrix behind the last of a segment.
inline size_t end_of(const Segment& segment) { return segment.hadamard_row + segment.count; }

inline bool has_class(const Segment& segment, size_t c) {
  return c >= segment.first && c < segment.first + segment.count;
}

// Turns registers of the transform into logits of a segment. `bias` is indexed by row of the matrix; null:
// none.
struct Logit {
  F32::reg alpha;
  const float* bias;

  Logit(const ChunkScratch& work, const Row& row, const Segment& segment)
      : alpha(F32::broadcast(segment.negative ? -row.alpha : row.alpha)), bias(work.bias_of(segment)) {}

  template <class P>
  [[gnu::always_inline]] F32::reg operator()(size_t i, F32::reg t, P part) const {
    const F32::reg z = F32::mul(t, alpha);
    return bias ? F32::add(z, part.load(bias + i)) : z;
  }
};

// Shows a visitor the edges of a segment whose transform is at t: the logits in registers that the segment
// covers in part.
template <class Visitor>
inline void visit_edges(const Logit& logit, const float* t, size_t from, size_t to, Visitor& visitor) {
  const size_t first = from / F32::width * F32::width;
  const size_t last = to / F32::width * F32::width;
  const auto edge = [&](size_t i, size_t begin, size_t end) {
    const Part part{static_cast<int>(begin - i), static_cast<int>(end - i)};
    visitor(i, logit(i, F32::load(t + i), part), part);
  };
  if (first < from) edge(first, from, last > first ? first + F32::width : to);
  if (last < to && (last > first || first == from)) edge(last, last, to);
}

// Shows a visitor all logits of a segment whose transform is at t.
template <class Visitor>
[[gnu::always_inline]] inline void visit_logits(const Logit& logit, const float* t, size_t from, size_t to,
                                                Visitor& visitor) {
  auto local = visitor.open();
  const auto show = [&](size_t i) __attribute__((always_inline)) {
    local(i, logit(i, F32::load(t + i), Full{}), Full{});
  };
  size_t i = round_up(from, F32::width);
  if constexpr (Visitor::keeps_in_cache) {
    // Not unrolled, where the linker puts the loop decides over 5 % of the best of a million classes.
#pragma GCC unroll 4
    for (; i + F32::width <= to; i += F32::width) show(i);
  } else {
    // Stores to memory that come four at a time take 10 % longer on Zen 3.
#pragma GCC unroll 1
    for (; i + F32::width <= to; i += F32::width) show(i);
  }
  visitor.close(local);
  visit_edges(logit, t, from, to, visitor);
}

// The visitor that stores logits; `out` is indexed by row of the matrix.
struct StoreLogits {
  static constexpr bool keeps_in_cache = false;
  float* out;
  [[gnu::always_inline]] StoreLogits open() const { return {out}; }
  [[gnu::always_inline]] void close(const StoreLogits&) {}
  template <class P>
  [[gnu::always_inline]] void operator()(size_t i, F32::reg z, P part) const {
    part.store(out + i, z);
  }
};

struct PassOverNone {
  bool operator()(const Segment&, const float*) const { return false; }
};

// Shows all logits of a block whose transform is at t, segment by segment, to visitors from
// visitor_of(segment), which done(segment, visitor) gets back; but for segments of which pass_over(segment,
// transform) says that nobody needs them.
template <class VisitorOf, class Done, class PassOver>
[[gnu::always_inline]] inline void visit_transform(const ChunkScratch& work, const Row& row,
                                                   const Block& block, const float* t,
                                                   const VisitorOf& visitor_of, const Done& done,
                                                   PassOver&& pass_over) {
  for (size_t s = 0; s < block.segment_count; s++) {
    const Segment& segment = block.segments[s];
    if (pass_over(segment, t)) continue;
    auto visitor = visitor_of(segment);
    visit_logits(Logit(work, row, segment), t, segment.hadamard_row, end_of(segment), visitor);
    done(segment, visitor);
  }
}

// The same, of the transform that it makes. Returns where that is.
template <class VisitorOf, class Done>
[[gnu::always_inline]] inline const float* visit_block(const ChunkScratch& work, const Row& row,
                                                       const Block& block, const VisitorOf& visitor_of,
                                                       const Done& done) {
  const float* t = transform_block(work, row, block);
  visit_transform(work, row, block, t, visitor_of, done, PassOverNone{});
  return t;
}

}  // namespace
