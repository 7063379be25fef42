#include "arrays.h"

#include "registers.h"

namespace harness {
namespace {

template <class T>
T at(const Result& result, size_t i) {
  T value;
  memcpy(&value, result.bytes.data() + i * sizeof value, sizeof value);
  return value;
}

template <class T>
void expect_same_numbers(const Result& expected, const Result& got) {
  for (size_t i = 0; i < expected.bytes.size() / sizeof(T); i++) {
    const T a = at<T>(expected, i);
    const T b = at<T>(got, i);
    if (memcmp(&a, &b, sizeof a) == 0 || (a != a && b != b)) continue;
    fail("%s[%zu] is %.17g, expected %.17g", got.name, i, static_cast<double>(b), static_cast<double>(a));
  }
}

}  // namespace

void expect_same(const Results& expected, const Results& got) {
  if (expected.size() != got.size()) fail("%zu results, expected %zu", got.size(), expected.size());
  for (size_t r = 0; r < got.size(); r++) {
    if (expected[r].bytes.size() != got[r].bytes.size()) fail("%s has another length", got[r].name);
    if (expected[r].element == Element::float32) {
      expect_same_numbers<float>(expected[r], got[r]);
    } else if (expected[r].element == Element::float64) {
      expect_same_numbers<double>(expected[r], got[r]);
    } else {
      expect_same_numbers<int32_t>(expected[r], got[r]);
    }
  }
}

Results Arrays::results() const {
  if (upper_halves_in_use()) fail("the upper halves of registers are in use");
  Results results;
  for (const Array& array : arrays_) {
    array.memory.check(array.name);
    const uint8_t* data = array.memory.data();
    const uint8_t* end = data + array.memory.size();
    if (array.output) {
      results.push_back({array.name, array.element, {data, end}});
    } else if (!array.source.empty() && memcmp(array.source.data(), data, array.source.size()) != 0) {
      fail("the input %s was written", array.name);
    }
  }
  return results;
}

}  // namespace harness
