// Loops over part of an array by whole registers. Indices that start a register are multiples of the width;
// the two registers that a range may cover in part are read and written in part. A body is written once, for
// both:
//
//   for_range(from, to, [&](size_t i, auto part) { part.store(z + i, F32::negate(part.load(x + i))); });
#pragma once

#include <cstddef>

namespace {

constexpr size_t round_up(size_t n, size_t multiple) { return (n + multiple - 1) / multiple * multiple; }

// All elements of a register.
struct Full {
  static F32::reg load(const float* p) { return F32::load(p); }
  static void store(float* p, F32::reg a) { F32::store(p, a); }
  static F32::reg only(F32::reg a, float) { return a; }
  static int begin() { return 0; }
  static int end() { return F32::width; }
};

// Elements from … to − 1 of a register; what is loaded beside them is zero. If storing were a call, the loops
// around it would lose their registers: 4 % of a row of logits.
struct Part {
  int from;
  int to;
  F32::reg load(const float* p) const { return F32::load_part(p, from, to); }
  [[gnu::always_inline]] void store(float* p, F32::reg a) const { F32::store_part(p, a, from, to); }
  // Returns the elements of the part, with `other` beside them.
  F32::reg only(F32::reg a, float other) const {
    return F32::select_part(a, F32::broadcast(other), from, to);
  }
  int begin() const { return from; }
  int end() const { return to; }
};

// Calls body(i, Full or Part) if the register at i has elements of [from, to).
template <class Body>
[[gnu::always_inline]] inline void in_range(size_t i, size_t from, size_t to, const Body& body) {
  if (i >= from && i + F32::width <= to) {
    body(i, Full{});
  } else if (i + F32::width > from && i < to) {
    body(i, Part{static_cast<int>(i < from ? from - i : 0),
                 static_cast<int>(i + F32::width > to ? to - i : F32::width)});
  }
}

// Calls body(i, Full or Part) for every register that has elements of [from, to), in ascending order.
template <class Body>
[[gnu::always_inline]] inline void for_range(size_t from, size_t to, const Body& body) {
  if (from >= to) return;
  size_t i = from / F32::width * F32::width;
  if (i < from) {
    in_range(i, from, to, body);
    i += F32::width;
  }
  for (; i + F32::width <= to; i += F32::width) body(i, Full{});
  if (i < to) in_range(i, from, to, body);
}

}  // namespace
