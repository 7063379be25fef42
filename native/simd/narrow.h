// Vectors of fewer elements than a register holds, a power of two of them: for what is left beside whole
// registers. They have what the transform uses of the concept in simd/scalar.h.
#pragma once

namespace {

template <class T, int count>
struct NarrowVector {
  using scalar = T;
  typedef T reg __attribute__((vector_size(count * sizeof(T))));
  static constexpr int width = count;
  static reg load(const T* p) {
    reg a;
    __builtin_memcpy(&a, p, sizeof a);
    return a;
  }
  static void store(T* p, reg a) { __builtin_memcpy(p, &a, sizeof a); }
  // a − 0 is a, also where a is −0.
  static reg broadcast(T a) { return a - reg{}; }
  static reg add(reg a, reg b) { return a + b; }
  static reg sub(reg a, reg b) { return a - b; }
  static reg mul(reg a, reg b) { return a * b; }
  static reg negate(reg a) { return -a; }
  static reg shift_right(reg a, int shift) { return a >> shift; }
};

// A vector of one is a plain element: compilers make slow work of vectors of one.
template <class T>
struct NarrowVector<T, 1> {
  using scalar = T;
  using reg = T;
  static constexpr int width = 1;
  static reg load(const T* p) { return *p; }
  static void store(T* p, reg a) { *p = a; }
  static reg broadcast(T a) { return a; }
  static reg add(reg a, reg b) { return a + b; }
  static reg sub(reg a, reg b) { return a - b; }
  static reg mul(reg a, reg b) { return a * b; }
  static reg negate(reg a) { return -a; }
  static reg shift_right(reg a, int shift) { return a >> shift; }
};

}  // namespace
