#include "model.h"

#include <algorithm>
#include <vector>

namespace fixed_classifier {
namespace {

int log2_of(size_t n) { return __builtin_ctzll(n); }

// What the kernel does for one row. Short rows may be done several at a time, so there are some.
Counts counts_of(const Ports& ports, size_t row_length) {
  constexpr size_t kAligned = 64, kLong = 4096;
  const size_t rows = row_length < kLong ? 16 : 1;
  std::vector<unsigned char> memory(rows * row_length * sizeof(double) + kAligned);
  const size_t offset = -reinterpret_cast<uintptr_t>(memory.data()) % kAligned;
  Counts counts = ports.count(memory.data() + offset, row_length, rows);
  for (size_t* count : {&counts.loads, &counts.stores}) *count /= rows;
  return counts;
}

}  // namespace

Model::Model(const Ports& ports, size_t row_length, size_t rows, double clock) {
  const int stages = log2_of(row_length);
  const double elements = static_cast<double>(row_length * rows);
  additions_ = {Run(ports.add, clock), elements * stages};
  const int across = stages - log2_of(ports.width);
  if (!ports.count || across < 0) return;
  const Counts counts = counts_of(ports, row_length);
  const auto of_rows = [&](size_t count) { return static_cast<double>(count * rows); };
  const double registers = elements / static_cast<double>(ports.width);
  for (const auto& stages : ports.stages) {
    if (stages[across]) vector_.push_back({Run(stages[across], clock), registers});
  }
  loads_ = {Run(ports.load, clock), of_rows(counts.loads)};
  stores_ = {Run(ports.store, clock), of_rows(counts.stores)};
  copies_ = {Run(ports.copy, clock), of_rows(std::min(counts.loads, counts.stores))};
}

Bounds Model::measure() const {
  double vector = vector_.empty() ? 0 : vector_.front().time();
  for (size_t i = 1; i < vector_.size(); i++) vector = std::min(vector, vector_[i].time());
  return {additions_.time(), vector, loads_.time(), stores_.time(), copies_.time()};
}

}  // namespace fixed_classifier
