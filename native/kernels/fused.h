// The fastest way from a row of features to its logits: the row is read once, for its norm and the first
// stages of its transform, and the logits are shown from the registers in which the transform ends.
#pragma once

#include <cstddef>

#include "decode.h"
#include "logits.h"
#include "show_rows.h"
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
    if (from <= at && at + count * F32::width <= to) {
#pragma GCC unroll 16
      for (int i = 0; i < count; i++) show(local, at + i * F32::width, a[i]);
    } else {
#pragma GCC unroll 16
      for (int i = 0; i < count; i++) {
        const size_t hadamard_row = at + i * F32::width;
        if (hadamard_row >= from && hadamard_row + F32::width <= to) {
          show(local, hadamard_row, a[i]);
        } else {
          F32::store(t + hadamard_row, a[i]);
        }
      }
    }
    visitor.close(local);
  }
  template <class Local>
  [[gnu::always_inline]] void show(Local& local, size_t hadamard_row, F32::reg a) const {
    local(hadamard_row, logit(hadamard_row, a, Full{}), Full{});
  }
};

// Adds the square of each element. What would be rounded twice but for an exact square is one step, which
// leaves to the conversion a pipe that adds.
template <class Type, class V = F32>
[[gnu::always_inline]] inline Reg<V> add_square(Reg<V> sum, Reg<V> a) {
  if constexpr (Type::has_exact_squares && requires { V::add_product(sum, a, a); }) {
    return V::add_product(sum, a, a);
  } else {
    return V::add(sum, V::mul(a, a));
  }
}

// Does the first stages and sums the squares in one reading of a row of 2 · radix stretches or, not folded,
// of radix, of which `parts` are as long as a sum has lanes: a register of lanes then takes its terms in the
// order of the sum. Leaves the radix stretches, still to be transformed, in t and returns the sum of squares.
template <class Type, int radix, bool folded, int parts>
float columns_and_squares(const F32& v, const void* row, float* t) {
  const auto* x = static_cast<const typename Type::bits*>(row);
  constexpr size_t length = kLanes / parts;
  constexpr size_t half = radix * length;
  Lanes squares;
#pragma GCC unroll 1
  for (size_t j = 0; j < length; j += F32::width) {
    F32::reg a[radix];
    F32::reg sum[parts];
#pragma GCC unroll 2
    for (int i = 0; i < parts; i++) sum[i] = F32::broadcast(0.0f);
#pragma GCC unroll 8
    for (int i = 0; i < radix; i++) {
      a[i] = Type::load(x + j + i * length);
      sum[i % parts] = add_square<Type>(sum[i % parts], a[i]);
    }
    if constexpr (folded) {
#pragma GCC unroll 8
      for (int i = 0; i < radix; i++) {
        const F32::reg b = Type::load(x + j + i * length + half);
        sum[i % parts] = add_square<Type>(sum[i % parts], b);
        a[i] = F32::add(a[i], b);
      }
    }
#pragma GCC unroll 2
    for (int i = 0; i < parts; i++) squares.lane[(j + i * length) / F32::width] = sum[i];
    // The sums of squares keep the pipes that add busy, so here all differences go to the others.
    across<F32>(a, [&](int, F32::reg x, F32::reg y) { return difference(v, x, y); });
#pragma GCC unroll 8
    for (int i = 0; i < radix; i++) F32::store(t + j + i * length, a[i]);
  }
  return squares.fold();
}

// Whether stretches of two rows that fit the registers are halves of what a sum has lanes.
constexpr bool kShowsRows = kOverlapsRows<F32> && 4 * kShownRow == kLanes;

// Which columns_and_squares a row of an order takes, and how many stretches of which length it leaves; none
// where there is none.
struct FusedFirstStages {
  float (*run)(const F32& v, const void* row, float* t) = nullptr;
  size_t stretches = 0, length = 0;

  // `shown`: whether what is left may be of two rows that fit the registers.
  FusedFirstStages(size_t order, bool folded, FeatureType type, bool shown) {
    if constexpr (kShowsRows) {
      if (shown && folded && order == 4 * kLanes) *this = of<4, true, 2>(type);
      if (shown && folded && order == 8 * kLanes) *this = of<8, true, 2>(type);
      if (shown && !folded && order == 2 * kLanes) *this = of<4, false, 2>(type);
      if (shown && !folded && order == 4 * kLanes) *this = of<8, false, 2>(type);
      if (run) return;
    }
    if (folded && order == 4 * kLanes) *this = of<2, true>(type);
    if (folded && order == 8 * kLanes) *this = of<4, true>(type);
    if (!folded && order == 2 * kLanes) *this = of<2, false>(type);
    if (!folded && order == 4 * kLanes) *this = of<4, false>(type);
    if (!folded && order == 8 * kLanes) *this = of<8, false>(type);
  }

 private:
  FusedFirstStages(float (*function)(const F32&, const void*, float*), size_t count, size_t of_length)
      : run(function), stretches(count), length(of_length) {}
  template <int radix, bool folded, int parts = 1>
  static FusedFirstStages of(FeatureType type) {
    if (!kReadsAllTypes<F32>)
      return {columns_and_squares<Float32, radix, folded, parts>, radix, kLanes / parts};
    return with_type(type, []<class Type>(Type) {
      return FusedFirstStages{columns_and_squares<Type, radix, folded, parts>, radix, kLanes / parts};
    });
  }
};

// Prefetches features that are needed soon, by one prefetch for two cache lines: Zen 3 fetches lines in
// pairs, and to ask for each takes longer than it saves where the rows are in the second-level cache.
inline void prefetch(const char* x, size_t bytes) {
  constexpr size_t kLine = 64;
  for (size_t i = 0; i < bytes; i += 2 * kLine) __builtin_prefetch(x + i);
}

// Reads a row once and shows the visitor the logits of a block that is one segment. Returns false, with
// nothing shown, where this way does not exist or the row must be rescaled.
template <class Visitor>
bool read_and_visit_segment(ChunkScratch& work, Features x, size_t index, const Block& block,
                            Visitor& visitor) {
  const size_t order = work.head.order;
  const Segment& segment = block.segments[0];
  if (!is_plain(work.head, block) || block.segment_count != 1) return false;
  // Where the logits are shown from registers, the transform is not kept.
  if (row_length_in_registers<F32> == kLanes && work.keep_transform) return false;
  // Where the features are read again, they are made float32 once.
  const bool as_given = x.type == FeatureType::kFloat32 ||
                        (kReadsAllTypes<F32> && work.head.block_count == 1 && !work.reads_again);
  const FusedFirstStages first_stages(order, block.hadamard_rows <= order / 2,
                                      as_given ? x.type : FeatureType::kFloat32, !work.keep_transform);
  if (first_stages.stretches == 0 || block.hadamard_rows <= order / 4) return false;
  Row& row = work.row[index];
  const void* features = row_of(x, order, index);
  if (x.type == FeatureType::kFloat32 || !as_given) features = row.x = float32_row(work, x, index);
  float* t = work.transform_beside(features);
  const float sum = first_stages.run(work.v, features, t);
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
    const auto* next = static_cast<const char*>(row_of(x, order, index + 1));
    const size_t share = (next - static_cast<const char*>(row_of(x, order, index))) / first_stages.stretches;
    if constexpr (kShowsRows) {
      if (first_stages.length < kLanes) {
        const char* soon = index + 1 < work.rows ? next : next - share * first_stages.stretches;
        show_rows_of(t, logit, segment.hadamard_row, to, {soon, share}, visitor);
        return true;
      }
    }
    if (index + 1 == work.rows) next = nullptr;
    for (size_t i = 0; i < first_stages.stretches; i++) {
      if (next) prefetch(next + i * share, share);
      transform(work.v, Load<F32>{t}, t, i * kLanes, kLanes);
    }
    visit_logits(logit, t, segment.hadamard_row, to, visitor);
  }
  return true;
}

// Reads all rows for a head of signed rows, of which several share a pass over the classes.
[[gnu::noinline]] void read_rows_together(ChunkScratch& work, Features x) {
  if (!work.head.signed_rows) return;
  for (size_t r = 0; r < work.rows; r++) read_row(work, x, r);
  make_all_entries(work);
}

// Does what visit_block does, for a row that is not yet read unless read_rows_together has.
template <class VisitorOf, class Done>
[[gnu::always_inline]] inline void read_and_visit_block(ChunkScratch& work, Features x, size_t index,
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
