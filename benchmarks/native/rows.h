// Rows that may be transformed again and again.
#pragma once

#include <cmath>
#include <cstddef>
#include <cstdint>

namespace fixed_classifier {

// A transform makes a row √n times as long. As many calls follow each other as floating point has room for,
// in bits, and then the row is scaled back outside the time: overflow or denormals would measure something
// else.
constexpr int room(float) { return 160; }
constexpr int room(double) { return 1600; }

template <class T>
inline void shift_exponent(T* x, size_t n, int by) {
  // It takes two steps: the power alone may be out of range.
  const T first = std::ldexp(T{1}, by / 2);
  const T second = std::ldexp(T{1}, by - by / 2);
  for (size_t i = 0; i < n; i++) x[i] = x[i] * first * second;
}

template <class T>
class Rows {
 public:
  Rows(T* x, size_t n, size_t row_length)
      : x_(x), n_(n), stages_(__builtin_ctzll(row_length)), most_(room(T{}) / stages_) {
    shift_exponent(x_, n_, -room(T{}) / 2);
  }
  // Pairs of calls: two make the row exactly n times as long.
  size_t most_pairs() const { return most_; }
  void make_room(size_t pairs) {
    if (used_ + pairs > most_) reset();
    used_ += pairs;
  }
  void finish() {
    reset();
    shift_exponent(x_, n_, room(T{}) / 2);
  }

 private:
  void reset() {
    shift_exponent(x_, n_, -static_cast<int>(used_) * stages_);
    used_ = 0;
  }
  T* x_;
  size_t n_;
  int stages_;
  size_t most_;
  size_t used_ = 0;
};

// Integers wrap, and cost the same whatever they are.
template <>
class Rows<int32_t> {
 public:
  Rows(int32_t*, size_t, size_t) {}
  size_t most_pairs() const { return 1000; }
  void make_room(size_t) {}
  void finish() {}
};

}  // namespace fixed_classifier
