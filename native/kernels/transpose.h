// Rows and columns of a square of elements, a row a register, change places.
#pragma once

namespace {

// Element i of register j and element j of register i change places; strides from `stride` down.
template <class V, int stride = V::width / 2>
[[gnu::always_inline]] inline void transpose(typename V::reg (&a)[V::width]) {
  if constexpr (stride >= 1) {
#pragma GCC unroll 16
    for (int i = 0; i < V::width; i++) {
      if (i & stride) continue;
      const typename V::reg low = a[i];
      const typename V::reg high = a[i + stride];
      a[i] = V::template blend<stride>(low, V::template swap<stride>(high));
      a[i + stride] = V::template blend<stride>(V::template swap<stride>(low), high);
    }
    transpose<V, stride / 2>(a);
  }
}

}  // namespace
