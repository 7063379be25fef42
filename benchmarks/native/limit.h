// The limits of one instruction set. Every file in limits/ includes it once, after its vector types and
// `opaque`.
#pragma once

#include "../../native/kernels/fwht.h"
#include "counted.h"
#include "limits.h"
#include "moves.h"
#include "stages.h"

namespace {

// So many keep four pipes of three cycles each busy, and leave one of 16 registers for the addend.
constexpr int kChains = 12;
constexpr int kUnrolled = 4;

// Makes additions that depend on nothing but the one before in the same register, so that nothing but the
// pipes holds them up. With `both` every other one is the difference that the kernels take, by the multiply
// pipes where that pays.
template <class V, bool both>
size_t add_up(size_t turns) {
  alignas(64) typename V::scalar memory[V::width];
  for (auto& element : memory) element = 1;
  const V v{};
  typename V::reg one = V::load(memory);
  opaque(one);
  typename V::reg a[kChains];
#pragma GCC unroll 12
  for (int i = 0; i < kChains; i++) a[i] = one;
  for (size_t turn = 0; turn < turns; turn++) {
#pragma GCC unroll 4
    for (int k = 0; k < kUnrolled; k++) {
#pragma GCC unroll 12
      for (int i = 0; i < kChains; i++) {
        a[i] = both && i % 2 ? difference(v, a[i], one) : V::add(a[i], one);
        // Without this the compiler folds the additions of integers into one.
        opaque(a[i]);
      }
    }
  }
#pragma GCC unroll 12
  for (int i = 1; i < kChains; i++) a[0] = V::add(a[0], a[i]);
  opaque(a[0]);
  return turns * kUnrolled * kChains * V::width;
}

// Those behind the last whole turn are left out.
uint32_t read_words(const uint32_t* words, size_t count) {
  constexpr size_t registers = 4;
  I32::reg sum[registers];
  alignas(64) int32_t memory[I32::width] = {};
  for (auto& s : sum) s = I32::load(memory);
  for (size_t i = 0; i + registers * I32::width <= count; i += registers * I32::width) {
#pragma GCC unroll 4
    for (size_t k = 0; k < registers; k++)
      sum[k] = I32::add(sum[k], I32::load(reinterpret_cast<const int32_t*>(words) + i + k * I32::width));
  }
  for (size_t k = 1; k < registers; k++) sum[0] = I32::add(sum[0], sum[k]);
  I32::store(memory, sum[0]);
  uint32_t total = 0;
  for (const int32_t element : memory) total += static_cast<uint32_t>(element);
  return total;
}

template <class V>
constexpr fixed_classifier::Ports ports() {
  using fixed_classifier::kMostStages;
  fixed_classifier::Ports ports = {};
  ports.width = V::width;
  ports.add = add_up<V, false>;
  ports.load = move<V, true, false>;
  ports.store = move<V, false, true>;
  ports.copy = move<V, true, true>;
  if constexpr (V::width > 1) {
    constexpr auto all = std::make_integer_sequence<int, kMostStages + 1 - log2_of<V::width>>();
    fill<V, 0>(ports.stages[0], all);
    if constexpr (requires(const V& v, Reg<V> a) { v.sub_by_fma(a, a); }) {
      fill<V, 2>(ports.stages[1], all);
      fill<V, 3>(ports.stages[2], all);
      fill<V, 6>(ports.stages[3], all);
    }
    ports.across = only_across<V>;
    ports.count = count<V>;
    ports.sweep = sweep<V>;
  }
  return ports;
}

constexpr fixed_classifier::Limits make_limits(const char* name) {
  return {name, ports<F32>(), ports<F64>(), ports<I32>(), add_up<F32, true>, cycles, read_words};
}

}  // namespace
