// The stage of B for the matrices of Paley of the smallest orders, whose signs the compiler knows: what a row
// takes of a group of columns is an instruction, and rows are summed in registers. The order of the additions
// is that of every other B.
#pragma once

#include <cstddef>

#include "fwht.h"
#include "paley.h"

namespace {

using fixed_classifier::kFactorGroup;
using fixed_classifier::kPaleyTerms;
using fixed_classifier::KroneckerFactor;

// Signed sums of a group, up to the sign of the whole.
constexpr int kSums = 8;

// What passes over the same columns share: the signed sums, which the first one makes, and the results of all
// but the last, which must not take the place of what is still to be read.
template <class V, int order>
struct FactorScratch {
  alignas(64) typename V::scalar sums[order / kFactorGroup][kSums][V::width];
  alignas(64) typename V::scalar results[order][V::width];
};

// Lets the compiler forget how a pointer was made: it would keep one for every row, in memory.
template <class T>
[[gnu::always_inline]] inline void hide(T*& p) {
  asm("" : "+r"(p));
}

// Makes rows [first, last) of B times a register of columns, in registers.
template <class V, int order, int first, int last>
[[gnu::always_inline]] inline void paley_rows(const V& v, typename V::scalar* t, size_t stride,
                                              FactorScratch<V, order>& scratch) {
  constexpr int groups = order / kFactorGroup;
  constexpr auto& terms = kPaleyTerms<order>;
  constexpr bool is_first = first == 0;
  constexpr bool is_last = last == order;
  using T = typename V::scalar;
  Reg<V> y[last - first];
  const T* from = t;
  const size_t thrice = 3 * stride;
#pragma GCC unroll 7
  for (int g = 0; g < groups; g++) {
    Reg<V> p[2];
    if constexpr (is_first) {
      const Reg<V> x0 = V::load(from), x1 = V::load(from + stride);
      p[0] = V::add(x0, x1), p[1] = difference(v, x0, x1);
    }
#pragma GCC unroll 2
    for (int half = 0; half < 2; half++) {
      Reg<V> q;
      if constexpr (is_first) {
        const Reg<V> x2 = V::load(from + 2 * stride), x3 = V::load(from + thrice);
        q = half == 0 ? V::add(x2, x3) : difference(v, x2, x3);
        hide(from);
      }
#pragma GCC unroll 4
      for (int i = 4 * half; i < 4 * half + 4; i++) {
        Reg<V> sum;
        if constexpr (is_first) {
          sum = (i & 2) ? difference(v, p[i & 1], q) : V::add(p[i & 1], q);
          if constexpr (!is_last) V::store(scratch.sums[g][i], sum);
        } else {
          sum = V::load(scratch.sums[g][i]);
        }
#pragma GCC unroll 28
        for (int r = first; r < last; r++) {
          const int term = terms[r * groups + g] % (2 * kSums);
          if (term % kSums != i) continue;
          Reg<V>& row = y[r - first];
          row = g == 0 ? sum : term < kSums ? V::add(row, sum) : difference(v, row, sum);
        }
      }
    }
    if constexpr (is_first) from += kFactorGroup * stride;
  }
  T* to = t + first * stride;
#pragma GCC unroll 28
  for (int r = first; r < last; r++) {
    if constexpr (is_last) {
      V::store(to, y[r - first]);
      to += stride;
      hide(to);
    } else {
      V::store(scratch.results[r], y[r - first]);
    }
  }
}

// Makes all rows from `first` on, so many in a pass as leave registers for the sums.
template <class V, int order, int pass, int first = 0>
[[gnu::always_inline]] inline void paley_passes(const V& v, typename V::scalar* t, size_t stride,
                                                FactorScratch<V, order>& scratch) {
  constexpr int last = first + pass < order ? first + pass : order;
  paley_rows<V, order, first, last>(v, t, stride, scratch);
  if constexpr (last < order) {
    paley_passes<V, order, pass, last>(v, t, stride, scratch);
    typename V::scalar* to = t + first * stride;
#pragma GCC unroll 28
    for (int r = first; r < last; r++, to += stride) {
      V::store(to, V::load(scratch.results[r]));
      hide(to);
    }
  }
}

// Makes t[r · stride + j] ← Σ_k B[r][k] · t[k · stride + j], in place, for columns [from, to), whole
// registers.
template <class V, int order>
[[gnu::noinline]] void paley_columns(typename V::scalar* t, size_t stride, size_t from, size_t to) {
  // With 32 registers all rows of the smaller matrices fit; otherwise half of the registers hold rows.
  constexpr int pass = V::registers < 16 ? 8 : order <= 20 ? order : 14;
  const V v{};
  FactorScratch<V, order> scratch;
  for (size_t j = from; j < to; j += V::width) paley_passes<V, order, pass>(v, t + j, stride, scratch);
}

// Where a register is less than a cache line, rows that are longer than this are left to others, who take two
// registers of columns at a time: their lines put each other out of the first-level cache before the next
// register comes.
constexpr size_t kLongestPaleyRow = size_t{1} << 15;

// Does so if the factor is one of those matrices, and the row not too long.
template <class V>
bool columns_of_paley(const KroneckerFactor& factor, typename V::scalar* t, size_t stride, size_t from,
                      size_t to) {
  if (!factor.is_paley || V::width == 1) return false;
  if (sizeof(Reg<V>) < 64 && factor.order * stride * sizeof *t > kLongestPaleyRow) return false;
  switch (factor.order) {
    case 12:
      paley_columns<V, 12>(t, stride, from, to);
      return true;
    case 20:
      paley_columns<V, 20>(t, stride, from, to);
      return true;
    case 28:
      paley_columns<V, 28>(t, stride, from, to);
      return true;
    default:
      return false;
  }
}

}  // namespace
