// Takes entries of tables by fields of words, for instruction sets that have no permutation by variables.
// Fields are as in SignedRows of kernels/table.h.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>

namespace {

// What a vector type V of `count` elements inherits. Its functions return registers of V, which is not
// complete yet where they are declared.
template <class V, int count>
struct LookUpByLoad {
  struct words {
    uint32_t lane[count];
  };

  static words load_words(const uint32_t* p) {
    words loaded;
    std::memcpy(loaded.lane, p, sizeof loaded.lane);
    return loaded;
  }
  template <int bits>
  static words shift_right(words a) {
    for (uint32_t& lane : a.lane) lane >>= bits;
    return a;
  }

  static constexpr int row_registers = count > 1 ? 2 : 0;
  static constexpr int lanes_from = 2;
  static constexpr int rows_sharing = 1;
  static constexpr int groups_shared = 1;
  static constexpr int groups_alone = 1;
  template <class T, class reg>
  static void after(T&, reg) {}

  struct NarrowTable {
    using field = words;
    const float* entries;
    NarrowTable(const float* p, size_t) : entries(p) {}
    static field field_of(const words& a, size_t) { return a; }
    auto pick(const field& a) const {
      float picked[count];
      for (int i = 0; i < count; i++) picked[i] = entries[a.lane[i] & 15];
      return V::load(picked);
    }
  };

  struct WideTable {
    using field = words;
    const float* entries;
    size_t width;
    WideTable(const float* p, size_t w) : entries(p), width(w) {}
    static field field_of(const words& a, size_t) { return a; }
    auto pick(const field& a) const {
      float picked[count];
      for (int i = 0; i < count; i++) {
        const float entry = entries[a.lane[i] & (width - 1)];
        picked[i] = a.lane[i] & 0x80 ? -entry : entry;
      }
      return V::load(picked);
    }
  };
};

}  // namespace
