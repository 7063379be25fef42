// The fastest way from a row of features to its logits: the row is read once, for its norm and the first
// stages of its transform, and the logits are shown from the registers in which the transform ends.
#pragma once

#include <cstddef>

#include "logits.h"
#include "sums.h"

namespace {

// The sink of a transform that fits the registers which shows its logits to a visitor, where there are
// registers to spare for that: the transform is not stored and loaded. Registers that the segment does not
// cover whole are left in t: a function called for them here would cost all others their place in registers.
template <class Visitor>
struct LogitSink {
  Visitor visitor;
  Logit logit;
  float* t;
  size_t from, to;

  template <int count>
  [[gnu::always_inline]] void operator()(const F32::reg (&a)[count], size_t at) {
    auto local = visitor.open();
#pragma GCC unroll 16
    for (int i = 0; i < count; i++) {
      const size_t hadamard_row = at + i * F32::width;
      if (hadamard_row >= from && hadamard_row + F32::width <= to) {
        local(hadamard_row, logit(hadamard_row, a[i], Full{}), Full{});
      } else {
        F32::store(t + hadamard_row, a[i]);
      }
    }
    visitor.close(local);
  }
};

// Does the first stages and sums the squares in one reading of a row of 2 · radix stretches or, not folded,
// of radix, each as long as a sum has lanes: a register of lanes then takes its terms in the order of the
// sum. Leaves the radix stretches, still to be transformed, in t and returns the sum of squares.
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
    // The sums of squares keep the pipes that add busy, so here all differences go to the others.
    across<F32>(a, [&](int, F32::reg x, F32::reg y) { return difference(v, x, y); });
#pragma GCC unroll 8
    for (int i = 0; i < radix; i++) F32::store(t + j + i * kLanes, a[i]);
  }
  return squares.fold();
}

// Which columns_and_squares a row of an order takes, and how many stretches it leaves; none where there is
// none.
struct FusedFirstStages {
  float (*run)(const F32& v, const float* x, float* t) = nullptr;
  size_t stretches = 0;

  FusedFirstStages(size_t order, bool folded) {
    if (folded && order == 4 * kLanes) *this = of<2, true>();
    if (folded && order == 8 * kLanes) *this = of<4, true>();
    if (!folded && order == 2 * kLanes) *this = of<2, false>();
    if (!folded && order == 4 * kLanes) *this = of<4, false>();
    if (!folded && order == 8 * kLanes) *this = of<8, false>();
  }

 private:
  FusedFirstStages(float (*function)(const F32&, const float*, float*), size_t count)
      : run(function), stretches(count) {}
  template <int radix, bool folded>
  static FusedFirstStages of() {
    return {columns_and_squares<radix, folded>, radix};
  }
};

// Prefetches features that are needed soon, by one prefetch for two cache lines: Zen 3 fetches lines in
// pairs, and to ask for each takes longer than it saves where the rows are in the second-level cache.
inline void prefetch(const float* x, size_t count) {
  constexpr size_t kLine = 64 / sizeof(float);
  for (size_t i = 0; i < count; i += 2 * kLine) __builtin_prefetch(x + i);
}

// Reads a row once and shows the visitor the logits of a block that is one segment. Returns false, with
// nothing shown, where this way does not exist or the row must be rescaled.
template <class Visitor>
bool read_and_visit_segment(ChunkScratch& work, const float* x, size_t index, const Block& block,
                            Visitor& visitor) {
  const size_t order = work.head.order;
  const Segment& segment = block.segments[0];
  if (!is_plain(work.head, block) || block.segment_count != 1) return false;
  // Where the logits are shown from registers, the transform is not kept.
  if (row_length_in_registers<F32> == kLanes && work.keep_transform) return false;
  const FusedFirstStages first_stages(order, block.hadamard_rows <= order / 2);
  if (first_stages.stretches == 0 || block.hadamard_rows <= order / 4) return false;
  Row& row = work.row[index];
  row.x = x + index * order;
  float* t = work.transform_beside(row.x);
  const float sum = first_stages.run(work.v, row.x, t);
  if (!needs_no_rescaling(sum)) return false;
  set_norm(work, row, sum, 0);
  const Logit logit(work, row, segment);
  const size_t to = end_of(segment);
  if constexpr (row_length_in_registers<F32> == kLanes) {
    LogitSink<Visitor> sink{visitor, logit, t, segment.hadamard_row, to};
#pragma GCC unroll 1
    for (size_t i = 0; i < first_stages.stretches; i++) {
      transform_registers<F32, F32::registers>(Load<F32>{t}, sink, i * kLanes);
    }
    visitor = sink.visitor;
    visit_edges(logit, t, segment.hadamard_row, to, visitor);
  } else {
    const size_t share = order / first_stages.stretches;
    const float* next = index + 1 < work.rows ? row.x + order : nullptr;
    for (size_t i = 0; i < first_stages.stretches; i++) {
      if (next) prefetch(next + i * share, share);
      transform(work.v, Load<F32>{t}, t, i * kLanes, kLanes);
    }
    visit_logits(logit, t, segment.hadamard_row, to, visitor);
  }
  return true;
}

// Reads all rows for a head of signed rows, of which several share a pass over the classes.
[[gnu::noinline]] void read_rows_together(ChunkScratch& work, const float* x) {
  if (!work.head.signed_rows) return;
  for (size_t r = 0; r < work.rows; r++) read_row(work, x, r);
  make_all_entries(work);
}

// Does what visit_block does, for a row that is not yet read unless read_rows_together has.
template <class VisitorOf, class Done>
[[gnu::always_inline]] inline void read_and_visit_block(ChunkScratch& work, const float* x, size_t index,
                                                        const Block& block, const VisitorOf& visitor_of,
                                                        const Done& done) {
  const Segment& segment = block.segments[0];
  auto visitor = visitor_of(segment);
  if (read_and_visit_segment(work, x, index, block, visitor)) {
    done(segment, visitor);
  } else {
    if (!work.head.signed_rows) read_row(work, x, index);
    visit_block(work, work.row[index], block, visitor_of, done);
  }
}

}  // namespace
