#include "caches.h"

#include <algorithm>
#include <cstdint>
#include <vector>

#if defined(__APPLE__)
#include <sys/sysctl.h>
#elif defined(__linux__)
#include <unistd.h>
#endif

namespace fixed_classifier {
namespace {

constexpr CacheSizes kUsual = {32 * 1024, 512 * 1024};
constexpr size_t kWays = 8;

class Cache {
 public:
  void begin(size_t bytes) {
    lines_.assign(bytes / kLine, 0);
    fills_ = 0;
  }
  size_t fills() const { return fills_; }
  // Returns whether the line was there.
  bool touch(uintptr_t line) {
    const size_t sets = lines_.size() / kWays;
    uintptr_t* set = &lines_[line % sets * kWays];
    const auto found = std::find(set, set + kWays, line);
    const bool there = found != set + kWays;
    if (!there) fills_++;
    // The one used last is the first of its set.
    std::copy_backward(set, there ? found : set + kWays - 1, there ? found + 1 : set + kWays);
    set[0] = line;
    return there;
  }

 private:
  std::vector<uintptr_t> lines_;
  size_t fills_ = 0;
};

Cache first, second;

}  // namespace

CacheSizes cache_sizes() {
  CacheSizes sizes = kUsual;
#if defined(__APPLE__)
  const auto ask = [](const char* name, size_t& size) {
    int64_t value = 0;
    size_t length = sizeof value;
    if (sysctlbyname(name, &value, &length, nullptr, 0) == 0 && value > 0) size = static_cast<size_t>(value);
  };
  ask("hw.l1dcachesize", sizes.first);
  ask("hw.l2cachesize", sizes.second);
#elif defined(_SC_LEVEL1_DCACHE_SIZE) && defined(_SC_LEVEL2_CACHE_SIZE)
  const auto ask = [](int name, size_t& size) {
    const long value = sysconf(name);
    if (value > 0) size = static_cast<size_t>(value);
  };
  ask(_SC_LEVEL1_DCACHE_SIZE, sizes.first);
  ask(_SC_LEVEL2_CACHE_SIZE, sizes.second);
#endif
  return sizes;
}

void watch_caches(const CacheSizes& sizes) {
  first.begin(sizes.first);
  second.begin(sizes.second);
}

void touch_line(const void* p) {
  const uintptr_t line = reinterpret_cast<uintptr_t>(p) / kLine;
  if (!first.touch(line)) second.touch(line);
}

Fills fills() { return {first.fills(), second.fills()}; }

}  // namespace fixed_classifier
