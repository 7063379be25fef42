// The first two levels of the caches, as a kernel goes through them.
#pragma once

#include <cstddef>

namespace fixed_classifier {

constexpr size_t kLine = 64;

struct CacheSizes {
  size_t first, second;  // bytes of data
};

// Asks the system, and returns what is usual where it does not know.
CacheSizes cache_sizes();

// What came into each of them so far, in lines.
struct Fills {
  size_t first, second;
};

// Follows what is touched, in order, through caches of these sizes, of eight ways each, where the line that
// was not used for longest goes. A call begins anew.
void watch_caches(const CacheSizes& sizes);
void touch_line(const void* p);
Fills fills();

}  // namespace fixed_classifier
