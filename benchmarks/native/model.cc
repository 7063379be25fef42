#include "model.h"

#include <algorithm>
#include <vector>

namespace fixed_classifier {
namespace {

// What is timed of a sweep, in bytes: as long as the other runs.
constexpr size_t kPiece = 1 << 16;

int log2_of(size_t n) { return __builtin_ctzll(n); }

size_t to_line(const unsigned char* p) { return -reinterpret_cast<uintptr_t>(p) % kLine; }

// What the kernel does for the rows. Lines that it brings into caches are those of a second call, which finds
// what the first one has left there.
struct Counted {
  Counts counts;
  Fills fills;
};

Counted counted(const Ports& ports, size_t row_length, size_t rows, const CacheSizes& sizes) {
  std::vector<unsigned char> memory(rows * row_length * sizeof(double) + kLine);
  void* x = memory.data() + to_line(memory.data());
  watch_caches(sizes);
  ports.count(x, row_length, rows, touch_line);
  const Fills before = fills();
  const Counts counts = ports.count(x, row_length, rows, touch_line);
  return {counts, {fills().first - before.first, fills().second - before.second}};
}

}  // namespace

Sweep::Sweep(void (*sweep)(void*, size_t), size_t bytes, double clock)
    : sweep_(sweep), clock_(clock), memory_(std::max(bytes, kPiece) / kPiece * kPiece + kLine, 1) {}

double Sweep::time_of_line() {
  unsigned char* p = memory_.data() + to_line(memory_.data());
  const size_t bytes = memory_.size() - kLine;
  // All of it once, so that it is where it belongs.
  sweep_(p, bytes);
  const double time = time_of(clock_, [&] { sweep_(p + at_, kPiece); });
  at_ = (at_ + kPiece) % bytes;
  return time / (kPiece / kLine);
}

Model::Model(const Ports& ports, size_t row_length, size_t rows, double clock) {
  const int stages = log2_of(row_length);
  const double elements = static_cast<double>(row_length * rows);
  additions_ = {Run(ports.add, clock), elements * stages};
  const int across = stages - log2_of(ports.width);
  if (!ports.count || across < 0) return;
  const CacheSizes sizes = cache_sizes();
  const auto [counts, fills] = counted(ports, row_length, rows, sizes);
  const double registers = elements / static_cast<double>(ports.width);
  for (const auto& stages : ports.stages) {
    if (stages[across]) vector_.push_back({Run(stages[across], clock), registers});
  }
  loads_ = {Run(ports.load, clock), static_cast<double>(counts.loads)};
  stores_ = {Run(ports.store, clock), static_cast<double>(counts.stores)};
  copies_ = {Run(ports.copy, clock), static_cast<double>(std::min(counts.loads, counts.stores))};
  fills_ = fills;
  if (fills.first > 0) second_ = Sweep(ports.sweep, sizes.second / 4, clock);
  if (fills.second > 0) beyond_ = Sweep(ports.sweep, 2 * sizes.second, clock);
}

Bounds Model::measure() {
  double vector = vector_.empty() ? 0 : vector_.front().time();
  for (size_t i = 1; i < vector_.size(); i++) vector = std::min(vector, vector_[i].time());
  double caches = 0;
  if (fills_.second > 0) caches += static_cast<double>(fills_.second) * beyond_.time_of_line();
  if (fills_.first > fills_.second)
    caches += static_cast<double>(fills_.first - fills_.second) * second_.time_of_line();
  return {additions_.time(), vector, loads_.time(), stores_.time(), copies_.time(), caches};
}

}  // namespace fixed_classifier
