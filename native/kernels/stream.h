// Logits of many classes that go past the caches: a store that does not has to bring the line that it writes
// from memory first, and pushes out what is needed again.
#pragma once

#include <cstddef>
#include <cstdint>

#include "range.h"
#include "table.h"

namespace {

template <class V>
constexpr bool kStreams = requires { V::fence(); };

// From so many bytes of logits on a chunk's go past the caches. On Zen 5 12.8 MB, 32 rows of 100,000, take
// 0.45 to 0.58 of the time so, and 6.4 MB 1.09, which the third level would have kept.
constexpr size_t kStreamedBytes = size_t{8} << 20;

// The last register of logits of a row that has been shown, `before`: its elements from a multiple of its
// size on are still to be stored. The one behind it would begin at `next`.
template <class V>
struct Pending {
  Reg<V> before = V::broadcast(0.0f);
  float* next = nullptr;

  // So many elements of the register at p are behind a multiple of its size.
  static size_t behind(const float* p) { return reinterpret_cast<uintptr_t>(p) / sizeof(float) % V::width; }

  void store() {
    if (!next) return;
    const int n = static_cast<int>(behind(next));
    if (n > 0) V::store_part(next - V::width, before, V::width - n, V::width);
    next = nullptr;
  }
};

// The visitor that stores logits so; `out` is indexed by row of the matrix. Such stores are of whole
// registers at a multiple of their size, so each takes the end of the register before it, of the segment
// before it too: a store that goes through the caches would have all others wait for its line.
template <class V>
struct StreamLogits {
  static constexpr bool keeps_in_cache = false;
  float* out;
  Pending<V>& pending;

  struct Local {
    float* out;
    size_t behind;
    typename V::Joint joint;
    Pending<V> pending;

    [[gnu::always_inline]] void operator()(size_t i, Reg<V> z, Full) {
      float* p = out + i;
      if (pending.next == p) {
        V::stream(p - behind, joint(pending.before, z));
      } else {
        pending.store();
        V::store_part(p, z, 0, V::width - static_cast<int>(behind));
      }
      pending.before = z;
      pending.next = p + V::width;
    }
  };

  [[gnu::always_inline]] Local open() const {
    const size_t behind = Pending<V>::behind(out);
    return {out, behind, typename V::Joint(behind), pending};
  }
  [[gnu::always_inline]] void close(const Local& local) const { pending = local.pending; }
  [[gnu::always_inline]] void operator()(size_t i, Reg<V> z, Part part) const { part.store(out + i, z); }
};

}  // namespace
