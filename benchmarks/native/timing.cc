#include "timing.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <vector>

namespace fixed_classifier {
namespace {

using Clock = std::chrono::steady_clock;

// A run is long against the clock's own time, and short against the time between two interruptions.
constexpr double kRun = 4000;
constexpr size_t kLeastRuns = 5;

// Integer additions keep all that a core can start at a time busy. Where they are slower than this fraction
// of the fastest seen, another program has a share of the core, on its other hardware thread perhaps, and
// what was measured beside them does not count. If there is nothing else, measuring goes on for up to so many
// times as long.
constexpr double kUndisturbed = 0.97;
constexpr double kPatience = 5;

double since(Clock::time_point start) {
  return std::chrono::duration<double, std::nano>(Clock::now() - start).count();
}

// Returns what two looks at the clock take with nothing between them.
double clock_time() {
  double least = 1e9;
  for (int i = 0; i < 100; i++) least = std::min(least, since(Clock::now()));
  return least;
}

double median(std::vector<double>& values) {
  const auto middle = values.begin() + values.size() / 2;
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

template <class Work>
double time_of(double clock, const Work& work) {
  const Clock::time_point start = Clock::now();
  work();
  return since(start) - clock;
}

// The limit in runs of about kRun.
class Limit {
 public:
  Limit(AddUp add_up, double clock) : add_up_(add_up), clock_(clock) {
    double best = 1e9;
    for (int i = 0; i < 5; i++) best = std::min(best, time_of(clock, [&] { add_up(kTrial); }));
    turns_ = std::max(kTrial, static_cast<size_t>(kTrial * kRun / best));
  }
  double additions_per_second() const {
    size_t additions = 0;
    const double time = time_of(clock_, [&] { additions = add_up_(turns_); });
    return static_cast<double>(additions) / time * 1e9;
  }

 private:
  static constexpr size_t kTrial = 20;
  AddUp add_up_;
  double clock_;
  size_t turns_;
};

// A transform makes a row √n times as long. As many calls follow each other as floating point has room for,
// in bits, and then the row is scaled back outside the time: overflow or denormals would measure something
// else.
constexpr int room(float) { return 160; }
constexpr int room(double) { return 1600; }

template <class T>
void shift_exponent(T* x, size_t n, int by) {
  // It takes two steps: the power alone may be out of range.
  const T first = std::ldexp(T{1}, by / 2);
  const T second = std::ldexp(T{1}, by - by / 2);
  for (size_t i = 0; i < n; i++) x[i] = x[i] * first * second;
}

template <class T>
class Row {
 public:
  Row(T* x, size_t n) : x_(x), n_(n), stages_(__builtin_ctzll(n)), most_(room(T{}) / stages_) {
    shift_exponent(x_, n_, -room(T{}) / 2);
  }
  // Pairs of calls: two make the row exactly n times as long.
  size_t most_pairs() const { return most_; }
  void make_room(size_t pairs) {
    if (used_ + pairs > most_) reset();
    used_ += pairs;
  }
  void finish() {
    reset();
    shift_exponent(x_, n_, room(T{}) / 2);
  }

 private:
  void reset() {
    shift_exponent(x_, n_, -static_cast<int>(used_) * stages_);
    used_ = 0;
  }
  T* x_;
  size_t n_;
  int stages_;
  size_t most_;
  size_t used_ = 0;
};

// Integers wrap, and cost the same whatever they are.
template <>
class Row<int32_t> {
 public:
  Row(int32_t*, size_t) {}
  size_t most_pairs() const { return 1000; }
  void make_room(size_t) {}
  void finish() {}
};

}  // namespace

double additions_per_second(AddUp add_up, double nanoseconds) {
  const Limit limit(add_up, clock_time());
  std::vector<double> runs;
  const Clock::time_point start = Clock::now();
  do {
    runs.push_back(limit.additions_per_second());
  } while (since(start) < nanoseconds);
  return median(runs);
}

template <>
void transform(const Kernels& kernels, float* x, size_t n) {
  kernels.fwht_f32(x, n, 1, 1);
}
template <>
void transform(const Kernels& kernels, double* x, size_t n) {
  kernels.fwht_f64(x, n, 1, 1);
}
template <>
void transform(const Kernels& kernels, int32_t* x, size_t n) {
  kernels.fwht_i32(x, n, 1, 0);
}

template <class T>
Timing time_transform(const Kernels& kernels, const Limits& limits, AddUp add_up, T* x, size_t n,
                      double nanoseconds) {
  const double clock = clock_time();
  const Limit limit(add_up, clock);
  const Limit whole_core(limits.int32, clock);
  Row<T> row(x, n);
  const auto run = [&](size_t pairs) {
    row.make_room(pairs);
    return time_of(clock, [&] {
      for (size_t i = 0; i < 2 * pairs; i++) transform(kernels, x, n);
    });
  };
  run(1);
  const size_t pairs = std::clamp(static_cast<size_t>(kRun / run(1)), size_t{1}, row.most_pairs());

  const double additions = static_cast<double>(n) * __builtin_ctzll(n);
  struct Sample {
    double time, limit, core;
  };
  std::vector<Sample> samples;
  double fastest_core = 0;
  const auto undisturbed = [&](const Sample& sample) { return sample.core > kUndisturbed * fastest_core; };
  const auto enough = [&] {
    return static_cast<size_t>(std::count_if(samples.begin(), samples.end(), undisturbed)) >= kLeastRuns;
  };
  const Clock::time_point start = Clock::now();
  do {
    const double time = run(pairs) / static_cast<double>(2 * pairs);
    samples.push_back({time, limit.additions_per_second(), whole_core.additions_per_second()});
    fastest_core = std::max(fastest_core, samples.back().core);
  } while (since(start) < nanoseconds || (since(start) < kPatience * nanoseconds && !enough()) ||
           samples.size() < kLeastRuns);
  row.finish();

  const bool all = !enough();
  std::vector<double> times, limits_beside, fractions;
  for (const Sample& sample : samples) {
    if (!all && !undisturbed(sample)) continue;
    times.push_back(sample.time);
    limits_beside.push_back(sample.limit);
    fractions.push_back(additions / sample.time * 1e9 / sample.limit);
  }
  return {median(times), median(limits_beside), median(fractions)};
}

template Timing time_transform(const Kernels&, const Limits&, AddUp, float*, size_t, double);
template Timing time_transform(const Kernels&, const Limits&, AddUp, double*, size_t, double);
template Timing time_transform(const Kernels&, const Limits&, AddUp, int32_t*, size_t, double);

}  // namespace fixed_classifier
