// Takes entries of tables by fields of words, for instruction sets that have no permutation by variables.
// Fields are as in SignedRows of kernels/table.h.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>

namespace {

template <int count>
struct WordsByCopy {
  uint32_t lane[count];

  static WordsByCopy load(const uint32_t* p) {
    WordsByCopy words;
    std::memcpy(words.lane, p, sizeof words.lane);
    return words;
  }
  template <int bits>
  WordsByCopy shift_right() const {
    WordsByCopy shifted;
    for (int i = 0; i < count; i++) shifted.lane[i] = lane[i] >> bits;
    return shifted;
  }
};

// Of a table of eight entries and the same with a minus sign.
template <class V>
struct NarrowTableByLoad {
  const float* entries;
  explicit NarrowTableByLoad(const float* p) : entries(p) {}
  typename V::reg pick(const typename V::words& words) const {
    float picked[V::width];
    for (int i = 0; i < V::width; i++) picked[i] = entries[words.lane[i] & 15];
    return V::load(picked);
  }
};

// Of a table of `width` entries.
template <class V>
inline typename V::reg pick_wide_by_load(const float* entries, size_t width, const typename V::words& words) {
  float picked[V::width];
  for (int i = 0; i < V::width; i++) {
    const float entry = entries[words.lane[i] & (width - 1)];
    picked[i] = words.lane[i] & 0x80 ? -entry : entry;
  }
  return V::load(picked);
}

}  // namespace
