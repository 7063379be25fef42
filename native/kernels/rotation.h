// A random rotation of rows, in place: docs/numerics.md, "Rotations".
#pragma once

#include <cstddef>
#include <cstdint>

#include "factor.h"
#include "fwht.h"
#include "range.h"
#include "table.h"

namespace {

using fixed_classifier::Rotation;

// The source of a transform that takes a row times a number with the signs of a mask.
struct ScaledMaskedRow {
  const float* x;
  F32::reg scale;
  const uint32_t* mask;
  F32::reg operator()(size_t i) const { return F32::flip_signs(F32::mul(F32::load(x + i), scale), mask, i); }
};

// Calls body as for_range(0, count, body) does, four registers at a time: a pass over a row in cache takes
// half as long.
template <class Body>
[[gnu::always_inline]] inline void for_count(size_t count, const Body& body) {
  size_t i = 0;
  for (; i + 4 * F32::width <= count; i += 4 * F32::width) {
#pragma GCC unroll 4
    for (int k = 0; k < 4; k++) body(i + k * F32::width, Full{});
  }
  for_range(i, count, body);
}

inline void multiply(float* x, size_t count, float by) {
  const F32::reg factor = F32::broadcast(by);
  for_count(count, [&](size_t i, auto part) { part.store(x + i, F32::mul(part.load(x + i), factor)); });
}

inline void sign(float* x, size_t count, const uint32_t* mask) {
  for_count(count,
            [&](size_t i, auto part) { part.store(x + i, F32::flip_signs(part.load(x + i), mask, i)); });
}

inline void multiply_and_sign(float* x, size_t count, float by, const uint32_t* mask) {
  const F32::reg factor = F32::broadcast(by);
  for_count(count, [&](size_t i, auto part) {
    part.store(x + i, F32::flip_signs(F32::mul(part.load(x + i), factor), mask, i));
  });
}

inline void transform_with_factor(const F32& v, const KroneckerFactor& factor, float* x, size_t n) {
  const size_t stride = n / factor.order;
  factor_stage(v, factor, x, stride, factor.order);
  transform_rows_in_place(v, x, stride, factor.order);
}

// What a kernel knows of a rotation, and its passes over one row.
struct Rotor {
  const Rotation& rotation;
  const F32 v{};
  const size_t length = rotation.length;
  const size_t order = rotation.order;
  const size_t words = (order + 31) / 32;  // of a mask
  const size_t half = length / 2;
  const size_t second = length - half;  // where the second half starts
  const size_t last = length - order;   // where the last `order` elements start

  explicit Rotor(const Rotation& r) : rotation(r) {}

  // Mixes the two halves of a row.
  void mix_halves(float* x, const uint32_t* mask) const {
    const F32::reg scale = F32::broadcast(rotation.scale_of_halves);
    float* y = x + second;
    for_count(half, [&](size_t i, auto part) {
      const F32::reg a = F32::flip_signs(F32::mul(part.load(x + i), scale), mask, i);
      const F32::reg b = F32::flip_signs(F32::mul(part.load(y + i), scale), mask + words, i);
      part.store(x + i, F32::add(a, b));
      part.store(y + i, difference(v, a, b));
    });
    middle(x, mask);
  }

  void undo_halves(float* x, const uint32_t* mask) const {
    const F32::reg scale = F32::broadcast(rotation.scale_of_halves);
    float* y = x + second;
    for_count(half, [&](size_t i, auto part) {
      const F32::reg a = F32::mul(part.load(x + i), scale);
      const F32::reg b = F32::mul(part.load(y + i), scale);
      part.store(x + i, F32::flip_signs(F32::add(a, b), mask, i));
      part.store(y + i, F32::flip_signs(difference(v, a, b), mask + words, i));
    });
    middle(x, mask);
  }

  // The element between the halves of a row of odd length has no partner.
  void middle(float* x, const uint32_t* mask) const {
    if (half == second) return;
    const float scaled = x[half] * rotation.scale;
    x[half] = (mask[half / 32] >> (half % 32)) & 1 ? -scaled : scaled;
  }

  void round(float* x, const uint32_t* mask) const {
    if (last > 0) {
      mix_halves(x, mask);
      transform_in_place(v, x, order);
      multiply(x + last, order - last, rotation.scale);
      return signed_transform(x + last, 1, mask + 2 * words);
    }
    if (!rotation.factor) return signed_transform(x, rotation.scale, mask);
    multiply_and_sign(x, order, rotation.scale, mask);
    transform_with_factor(v, *rotation.factor, x, order);
  }

  void undo_round(float* x, const uint32_t* mask) const {
    if (last > 0) {
      transform_in_place(v, x + last, order);
      multiply(x + last, order - last, rotation.scale);
      sign(x + last, order, mask + 2 * words);
      transform_in_place(v, x, order);
      return undo_halves(x, mask);
    }
    if (rotation.factor) {
      transform_with_factor(v, *rotation.transposed, x, order);
    } else {
      transform_in_place(v, x, order);
    }
    multiply_and_sign(x, order, rotation.scale, mask);
  }

 private:
  // Transforms a row times a number with the signs of a mask, for an order that is a power of two.
  void signed_transform(float* x, float scale, const uint32_t* mask) const {
    if (order >= F32::width) {
      return transform(v, ScaledMaskedRow{x, F32::broadcast(scale), mask}, x, 0, order);
    }
    multiply_and_sign(x, order, scale, mask);
    transform_short<F32>(x, order);
  }
};

void rotate(const Rotation& rotation, float* x, size_t rows, bool inverse) {
  const Rotor rotor(rotation);
  const size_t words = (rotor.last > 0 ? 3 : 1) * rotor.words;  // of a round
  for (size_t r = 0; r < rows; r++, x += rotation.length) {
    for (size_t round = 0; round < rotation.rounds; round++) {
      if (inverse) {
        rotor.undo_round(x, rotation.masks + (rotation.rounds - 1 - round) * words);
      } else {
        rotor.round(x, rotation.masks + round * words);
      }
    }
  }
}

}  // namespace
