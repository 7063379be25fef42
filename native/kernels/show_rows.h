// Logits shown from the registers in which rows of a transform end, where rows are made one into the other
// (overlap.h): the transform is not stored, nor is that of the stage before these rows.
#pragma once

#include <cstddef>

#include "leaves.h"
#include "logits.h"

namespace {

// How long a row is that fits the registers.
constexpr size_t kShownRow = row_length_in_registers<F32>;

// Finishes a row, in `a`, of which the first logit is that of row `at` of the matrix, and begins the next
// one, in its place, with what is at p.
template <From from, class Show>
[[gnu::always_inline]] inline void show_and_begin(F32::reg (&a)[8], size_t at, const float* p,
                                                  const Show& show) {
  F32::reg next[8];
#pragma GCC unroll 4
  for (int i = 0; i < 8; i += 2) {
    within_and_across<F32, F32::width / 2, from>(a + i, next, i / 2 * 3, i / 2 * 3 + 3, p);
    show(at + i * F32::width, a[i]);
    show(at + (i + 1) * F32::width, a[i + 1]);
  }
#pragma GCC unroll 8
  for (int i = 0; i < 8; i++) a[i] = next[i];
}

template <class Show>
[[gnu::always_inline]] inline void finish_and_show(F32::reg (&a)[8], size_t at, const Show& show) {
#pragma GCC unroll 2
  for (int i = 0; i < 8; i += 4) within<F32, F32::width / 2, 4>(a + i);
#pragma GCC unroll 8
  for (int i = 0; i < 8; i++) show(at + i * F32::width, a[i]);
}

// Memory that is needed soon: `step` bytes of it are asked for with each two rows. Zen 5 brings lines by
// twos, and what comes beside a row costs it more than the memory where rows are short: rows of 8 KiB take
// 0.93 of the time so, and rows of 4 KiB 1.03.
struct NeededSoon {
  static constexpr size_t kLeast = kSparesRegisters<F32> ? 8192 : 0;
  const char* p;
  size_t step;
  [[gnu::always_inline]] void ask() {
    constexpr size_t kLines = kSparesRegisters<F32> ? 128 : 64;
    for (size_t i = 0; i < step; i += kLines) __builtin_prefetch(p + i);
    p += step;
  }
};

// Shows a visitor the logits of a segment from stretches of two rows each, at t, to which all stages but the
// last log2(2 · kShownRow) are done. Only the first and the last row have registers that the segment does not
// cover whole: they are left in `edges` until the others have been shown, because to test all would cost.
template <bool biased, class Visitor>
[[gnu::noinline]] void show_rows(const float* t, const Logit& logit, size_t from, size_t to, NeededSoon soon,
                                 Visitor& visitor) {
  const float* bias = logit.bias;
  const F32::reg alpha = logit.alpha;
  auto local = visitor.open();
  const auto show = [&](size_t i, F32::reg a) __attribute__((always_inline)) {
    const F32::reg z = F32::mul(a, alpha);
    local(i, biased ? F32::add(z, F32::load(bias + i)) : z, Full{});
  };
  const size_t last = (to - 1) / kShownRow * kShownRow;
  size_t at = from / kShownRow * kShownRow;
  alignas(64) float edges[2 * kShownRow];
  float* const first_edge = edges - at;
  float* const last_edge = edges + kShownRow - last;
  const auto show_or_leave_in = [&](float* edge) {
    return [ =, &show ](size_t i, F32::reg a) __attribute__((always_inline)) {
      if (i >= from && i + F32::width <= to) {
        show(i, a);
      } else {
        F32::store(edge + i, a);
      }
    };
  };
  const auto leave_first = show_or_leave_in(first_edge);
  const auto leave_last = show_or_leave_in(last_edge);

  F32::reg a[8];
  const float* p = t + at / (2 * kShownRow) * (2 * kShownRow);
  bool whole = false;  // whether the row in `a` is not the first
  if (at % (2 * kShownRow) == 0) {
    begin<F32, From::sums>(a, p);
    if (at < last) {
      show_and_begin<From::differences>(a, at, p, leave_first);
      at += kShownRow;
      whole = true;
    }
  } else {
    begin<F32, From::differences>(a, p);
  }
  // From here on the row in `a` is the second of its stretch, or there is only one.
  if (at < last) {
    p += 2 * kShownRow;
    if (whole) {
      show_and_begin<From::sums>(a, at, p, show);
    } else {
      show_and_begin<From::sums>(a, at, p, leave_first);
    }
    at += kShownRow;
#pragma GCC unroll 1
    for (; at + kShownRow < last; at += 2 * kShownRow) {
      soon.ask();
      show_and_begin<From::differences>(a, at, p, show);
      p += 2 * kShownRow;
      show_and_begin<From::sums>(a, at + kShownRow, p, show);
    }
    if (at < last) {
      show_and_begin<From::differences>(a, at, p, show);
      at += kShownRow;
    }
  }
  finish_and_show(a, at, leave_last);
  visitor.close(local);
  // A register is at an edge if it is the first or the last of the segment.
  const size_t middle = last > from ? last : from;
  if (last > from) visit_edges(logit, first_edge, from, last, visitor);
  visit_edges(logit, last_edge, middle, to, visitor);
}

template <class Visitor>
[[gnu::always_inline]] inline void show_rows_of(const float* t, const Logit& logit, size_t from, size_t to,
                                                const NeededSoon& soon, Visitor& visitor) {
  if (logit.bias) return show_rows<true>(t, logit, from, to, soon, visitor);
  show_rows<false>(t, logit, from, to, soon, visitor);
}

}  // namespace
