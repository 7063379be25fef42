// Loads and stores a part of a register, for instruction sets that have no masked loads and stores.
#pragma once

#include <cstring>

namespace {

template <class V>
inline typename V::reg load_by_copy(const typename V::scalar* p, int from, int to) {
  typename V::scalar copy[V::width] = {};
  std::memcpy(copy + from, p + from, (to - from) * sizeof *p);
  return V::load(copy);
}

template <class V>
inline void store_by_copy(typename V::scalar* p, typename V::reg a, int from, int to) {
  typename V::scalar copy[V::width];
  V::store(copy, a);
  std::memcpy(p + from, copy + from, (to - from) * sizeof *p);
}

template <class V>
inline typename V::reg select_by_copy(typename V::reg a, typename V::reg other, int from, int to) {
  typename V::scalar copy[V::width];
  V::store(copy, other);
  store_by_copy<V>(copy, a, from, to);
  return V::load(copy);
}

}  // namespace
