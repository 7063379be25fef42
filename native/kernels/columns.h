// The transform of columns: of arrays of `length` rows of `inner` elements, of which each element of a row
// belongs to a column of its own. Registers hold neighbouring columns, so that a column gets the additions of
// a row one for one: docs/numerics.md, "The transform: axes".
#pragma once

#include <cstddef>
#include <cstdint>

#include "../simd/narrow.h"
#include "factor.h"
#include "fwht.h"

namespace {

// Calls body(vector type, j) for narrow vectors that cover [j, to), fewer columns than 2 · width.
template <class T, int width, class Body>
[[gnu::always_inline]] inline void for_narrow_columns(size_t j, size_t to, const Body& body) {
  if constexpr (width >= 1) {
    if (to - j >= width) {
      body(NarrowVector<T, width>{}, j);
      j += width;
    }
    for_narrow_columns<T, width / 2>(j, to, body);
  }
}

// How many elements of an array come before the first one that is aligned as a register should be. Engines
// align arrays to 16 bytes only, and a load that straddles two cache lines takes two.
template <class V>
inline size_t elements_before_alignment(const typename V::scalar* p) {
  constexpr uintptr_t bytes = sizeof(Reg<V>);
  return (bytes - reinterpret_cast<uintptr_t>(p) % bytes) % bytes / sizeof *p;
}

// Below so many registers it does not pay to align them.
constexpr size_t kAlignedRegisters = 3;

// Calls body(vector type, j) for registers, and narrow vectors at the ends, that cover the columns [from, to)
// of an array at t.
template <class V, class Body>
[[gnu::always_inline]] inline void for_columns(const V& v, const typename V::scalar* t, size_t from,
                                               size_t to, const Body& body) {
  using T = typename V::scalar;
  size_t j = from;
  if (to - from >= kAlignedRegisters * V::width) {
    j += elements_before_alignment<V>(t + from);
    for_narrow_columns<T, V::width / 2>(from, j, body);
  }
  for (; j + V::width <= to; j += V::width) body(v, j);
  for_narrow_columns<T, V::width / 2>(j, to, body);
}

// What the last pass does to an element before it stores it, and whether that changes it.
struct Keep {
  static constexpr bool changes = false;
  template <class V>
  static Reg<V> of(Reg<V> a) {
    return a;
  }
};
template <class T>
struct Multiply {
  static constexpr bool changes = true;
  T by;
  template <class V>
  Reg<V> of(Reg<V> a) const {
    return V::mul(a, V::broadcast(by));
  }
};
struct ShiftRight {
  static constexpr bool changes = true;
  int by;
  template <class V>
  Reg<V> of(Reg<V> a) const {
    return V::shift_right(a, by);
  }
};

// Does the first log2(radix) stages for columns [from, to) of the radix stretches of `stride`. Radix 16 would
// save a pass and cost two: where the stride is a power of two its sixteen lines fall into one set of the
// first-level cache.
template <int radix, class V, class Finish>
void column_pass(const V& v, typename V::scalar* t, size_t stride, size_t from, size_t to,
                 const Finish& finish) {
  for_columns(v, t, from, to, [&]<class W>(const W& w, size_t j) {
    Reg<W> a[radix];
#pragma GCC unroll 8
    for (int i = 0; i < radix; i++) a[i] = W::load(t + j + i * stride);
    across(w, a);
#pragma GCC unroll 8
    for (int i = 0; i < radix; i++) W::store(t + j + i * stride, finish.template of<W>(a[i]));
  });
}

// Does what two passes do, of radix first and of radix second, for a few registers of columns after the
// other: between them the numbers are in a tile that no other memory puts out of the first-level cache. An
// array that is in no near cache is gone over once instead of twice.
template <int first, int second, class V, class Finish>
void tiled_pass(const V& v, typename V::scalar* t, size_t stride, const Finish& finish) {
  using T = typename V::scalar;
  constexpr size_t columns = 2 * V::width;
  constexpr size_t distance = 3 * V::width;  // no power of two, for the same reason
  alignas(64) T tile[first * second * distance];
  const auto two_passes = [&](size_t from, size_t to) {
    for (size_t i = 0; i < second; i++)
      column_pass<first>(v, t, second * stride, i * stride + from, i * stride + to, Keep{});
    for (size_t i = 0; i < first; i++)
      column_pass<second>(v, t + i * second * stride, stride, from, to, finish);
  };
  size_t j = elements_before_alignment<V>(t);
  two_passes(0, j);
  for (; j + columns <= stride; j += columns) {
    for (size_t i = 0; i < second; i++) {
      for (size_t c = 0; c < columns; c += V::width) {
        Reg<V> a[first];
#pragma GCC unroll 8
        for (int k = 0; k < first; k++) a[k] = V::load(t + j + c + (i + k * second) * stride);
        across(v, a);
#pragma GCC unroll 8
        for (int k = 0; k < first; k++) V::store(tile + (i + k * second) * distance + c, a[k]);
      }
    }
    for (size_t i = 0; i < first; i++) {
      for (size_t c = 0; c < columns; c += V::width) {
        Reg<V> a[second];
#pragma GCC unroll 8
        for (int k = 0; k < second; k++) a[k] = V::load(tile + (i * second + k) * distance + c);
        across(v, a);
#pragma GCC unroll 8
        for (int k = 0; k < second; k++)
          V::store(t + j + c + (i * second + k) * stride, finish.template of<V>(a[k]));
      }
    }
  }
  two_passes(j, stride);
}

template <class V, class Finish>
void transform_columns_of(const V& v, typename V::scalar* t, size_t n, size_t inner, const Finish& finish);

// Does the first stages of n rows, and then all others of the parts that are left.
template <int radix, class V, class Finish>
void split_columns(const V& v, typename V::scalar* t, size_t n, size_t inner, const Finish& finish) {
  const size_t stride = n / radix * inner;
  column_pass<radix>(v, t, stride, 0, stride, Keep{});
  for (int i = 0; i < radix; i++) transform_columns_of(v, t + i * stride, n / radix, inner, finish);
}

// Does what split_columns does by tiles.
template <int second, class V, class Finish>
void split_by_tiles(const V& v, typename V::scalar* t, size_t n, size_t inner, const Finish& finish) {
  constexpr size_t parts = 8 * second;
  const size_t length = n / parts;
  const size_t stride = length * inner;
  tiled_pass<8, second>(v, t, stride, Keep{});
  for (size_t i = 0; i < parts; i++) {
    switch (length) {
      case 32:
        tiled_pass<8, 4>(v, t + i * stride, inner, finish);
        break;
      case 64:
        tiled_pass<8, 8>(v, t + i * stride, inner, finish);
        break;
      default:
        transform_columns_of(v, t + i * stride, length, inner, finish);
    }
  }
}

// Tiles pay where a register is a whole cache line, and where the array is in no second-level cache.
template <class V>
constexpr bool kHasTiles = sizeof(Reg<V>) == 64;
constexpr size_t kTiledLength = 1024;
constexpr size_t kTiledBytes = size_t{1} << 22;

// Makes the transform of the columns of n rows, a power of two, depth first. Radix 8 comes first, so that the
// fewest passes are over what is in no cache.
template <class V, class Finish>
void transform_columns_of(const V& v, typename V::scalar* t, size_t n, size_t inner, const Finish& finish) {
  switch (n) {
    case 1:
      if constexpr (Finish::changes) {
        for_columns(v, t, 0, inner, [&]<class W>(const W&, size_t j) {
          W::store(t + j, finish.template of<W>(W::load(t + j)));
        });
      }
      return;
    case 2:
      return column_pass<2>(v, t, inner, 0, inner, finish);
    case 4:
      return column_pass<4>(v, t, inner, 0, inner, finish);
    case 8:
      return column_pass<8>(v, t, inner, 0, inner, finish);
    case 16:
      return split_columns<4>(v, t, n, inner, finish);
    default:
      if constexpr (kHasTiles<V>) {
        if (n >= kTiledLength && n * inner * sizeof *t > kTiledBytes) {
          if (n < 4 * kTiledLength) return split_by_tiles<4>(v, t, n, inner, finish);
          return split_by_tiles<8>(v, t, n, inner, finish);
        }
      }
      return split_columns<8>(v, t, n, inner, finish);
  }
}

template <class V, class Finish>
void transform_blocks(typename V::scalar* x, size_t n, size_t inner, size_t blocks, const Finish& finish) {
  const V v{};
  for (size_t b = 0; b < blocks; b++) transform_columns_of(v, x + b * n * inner, n, inner, finish);
}

template <class V>
void transform_columns(typename V::scalar* x, size_t n, size_t inner, size_t blocks,
                       typename V::scalar multiplier) {
  if (multiplier == 1) return transform_blocks<V>(x, n, inner, blocks, Keep{});
  transform_blocks<V>(x, n, inner, blocks, Multiply<typename V::scalar>{multiplier});
}

void transform_columns_i32(int32_t* x, size_t n, size_t inner, size_t blocks, int shift) {
  if (shift == 0) return transform_blocks<I32>(x, n, inner, blocks, Keep{});
  transform_blocks<I32>(x, n, inner, blocks, ShiftRight{shift});
}

template <class V>
void first_columns(typename V::scalar* x, size_t row_length, size_t from, size_t to) {
  column_pass<8>(V{}, x, row_length / 8, from, to, Keep{});
}

template <class V>
void factor_part(const KroneckerFactor& factor, typename V::scalar* x, size_t stride, size_t from,
                 size_t to) {
  const V v{};
  const size_t whole = from + (to - from) / V::width * V::width;
  if (columns_of_paley<V>(factor, x, stride, from, whole)) {
    from = whole;
  } else if (factor.order <= kMaxFactorOrder / 2) {
    for (; from + 2 * V::width <= to; from += 2 * V::width)
      factor_columns<V, 2>(v, factor, x + from, stride, factor.order);
  }
  for_columns(v, x, from, to, [&]<class W>(const W& w, size_t j) {
    factor_columns<W, 1>(w, factor, x + j, stride, factor.order);
  });
}

}  // namespace
