// The fastest way from a row of features to its logits: the row is read once, for its norm and the first
// stages of its transform, and the logits are shown from the registers in which the transform ends.
#pragma once

#include <cstddef>

#include "decode.h"
#include "lines.h"
#include "logits.h"
#include "show_rows.h"
#include "sums.h"

namespace {

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
template <class Type, int radix, bool folded, int parts, class Source>
[[gnu::always_inline]] inline float columns_and_squares_of(const F32& v, Source source, float* t) {
  constexpr size_t length = kLanes / parts;
  Lanes squares;
#pragma GCC unroll 1
  for (size_t j = 0; j < length; j += F32::width) {
    F32::reg a[radix];
    F32::reg sum[parts];
#pragma GCC unroll 2
    for (int i = 0; i < parts; i++) sum[i] = F32::broadcast(0.0f);
#pragma GCC unroll 8
    for (int i = 0; i < radix; i++) {
      a[i] = source(j, i);
      sum[i % parts] = add_square<Type>(sum[i % parts], a[i]);
    }
    if constexpr (folded) {
#pragma GCC unroll 8
      for (int i = 0; i < radix; i++) {
        const F32::reg b = source(j, radix + i);
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

template <class Type, int radix, bool folded, int parts>
float columns_and_squares(const F32& v, const void* row, float* t) {
  const auto* x = static_cast<const typename Type::bits*>(row);
  const auto sum_of = [&](auto source) __attribute__((always_inline)) {
    return columns_and_squares_of<Type, radix, folded, parts>(v, source, t);
  };
  // Where all of it is stored again, joining takes as long as it saves.
  if constexpr (folded) {
    return with_stretches<Type, 2 * radix, kLanes / parts>(x, sum_of);
  } else {
    return sum_of(Stretches<Type, kLanes / parts>{x});
  }
}

// Of how many stretches of two rows that fit the registers a sum has lanes.
constexpr int kShownParts = static_cast<int>(kLanes / (2 * kShownRow));

// Which columns_and_squares a row of an order takes, and how many stretches it leaves; none where there is
// none.
struct FusedFirstStages {
  float (*run)(const F32& v, const void* row, float* t) = nullptr;
  size_t stretches = 0;
  bool shown = false;  // whether show_rows.h takes the stretches

  // `shows`: whether the transform need not be kept.
  FusedFirstStages(size_t order, bool folded, FeatureType type, bool shows) {
    if constexpr (kOverlapsRows<F32>) {
      constexpr int p = kShownParts;
      if (shows && folded && order == 4 * kLanes) *this = of<2 * p, true, p>(type);
      if (shows && folded && order == 8 * kLanes) *this = of<4 * p, true, p>(type);
      if (shows && !folded && order == 2 * kLanes) *this = of<2 * p, false, p>(type);
      if (shows && !folded && order == 4 * kLanes) *this = of<4 * p, false, p>(type);
      if constexpr (p == 1) {
        if (shows && !folded && order == 8 * kLanes) *this = of<8, false>(type);
      }
      shown = run;
      if (shown) return;
    }
    if (folded && order == 4 * kLanes) *this = of<2, true>(type);
    if (folded && order == 8 * kLanes) *this = of<4, true>(type);
    if (!folded && order == 2 * kLanes) *this = of<2, false>(type);
    if (!folded && order == 4 * kLanes) *this = of<4, false>(type);
    if (!folded && order == 8 * kLanes) *this = of<8, false>(type);
  }

 private:
  FusedFirstStages(float (*function)(const F32&, const void*, float*), size_t count)
      : run(function), stretches(count) {}
  template <int radix, bool folded, int parts = 1>
  static FusedFirstStages of(FeatureType type) {
    if (!kReadsAllTypes<F32>) return {columns_and_squares<Float32, radix, folded, parts>, radix};
    return with_type(type, []<class Type>(Type) {
      return FusedFirstStages{columns_and_squares<Type, radix, folded, parts>, radix};
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
  // Where the features are read again, they are made float32 once.
  const bool as_given = x.type == FeatureType::kFloat32 ||
                        (kReadsAllTypes<F32> && work.head.block_count == 1 && !work.reads_again);
  const FusedFirstStages first_stages(order, block.hadamard_rows <= order / 2,
                                      as_given ? x.type : FeatureType::kFloat32, !work.keep_transform);
  if (first_stages.stretches == 0 || block.hadamard_rows <= order / 4) return false;
  Row& row = work.row[index];
  const void* features = row_of(x, order, index);
  if (x.type == FeatureType::kFloat32 || !as_given) features = row.x = float32_row(work, x, index);
  // A row that is read while the one before is made leaves its transform in the other place.
  const bool reads_ahead =
      kSparesRegisters<F32> && first_stages.shown && as_given && work.head.block_count == 1;
  const auto place_of = [&](size_t r, const void* p) {
    return work.transform_beside(p, reads_ahead ? r % 2 : 0);
  };
  float* t = place_of(index, features);
  const float sum = work.is_read_ahead(index) ? work.sum_read_ahead : first_stages.run(work.v, features, t);
  if (!needs_no_rescaling(sum)) return false;
  set_norm(work, row, sum, 0);
  const Logit logit(work, row, segment);
  const size_t to = end_of(segment);
  const auto* next = static_cast<const char*>(row_of(x, order, index + 1));
  const size_t bytes = next - static_cast<const char*>(row_of(x, order, index));
  const size_t share = bytes / first_stages.stretches;
  if constexpr (kOverlapsRows<F32>) {
    if (first_stages.shown) {
      // The square root and the divisions of the norm depend on each other: the next row is read meanwhile.
      if (reads_ahead && index + 1 < work.rows)
        work.read_ahead(index + 1, first_stages.run(work.v, next, place_of(index + 1, next)));
      const size_t soon = index + (reads_ahead ? 2 : 1);
      const bool asks = bytes >= NeededSoon::kLeast && soon < work.rows;
      const auto* p = static_cast<const char*>(row_of(x, order, soon));
      show_rows_of(t, logit, segment.hadamard_row, to, {p, asks ? share : 0}, visitor);
      return true;
    }
  }
  if (index + 1 == work.rows) next = nullptr;
  for (size_t i = 0; i < first_stages.stretches; i++) {
    if (next) prefetch(next + i * share, share);
    transform(work.v, Load<F32>{t}, t, i * kLanes, kLanes);
  }
  visit_logits(logit, t, segment.hadamard_row, to, visitor);
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
