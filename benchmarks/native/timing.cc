#include "timing.h"

#include <algorithm>
#include <vector>

#include "rows.h"

namespace fixed_classifier {
double steps_per_second(Loop loop, double nanoseconds) {
  const Run run(loop, clock_time());
  std::vector<double> runs;
  const Clock::time_point start = Clock::now();
  do {
    runs.push_back(run.steps_per_second());
  } while (since(start) < nanoseconds);
  return median(runs);
}

template <>
void transform(const Kernels& kernels, float* x, size_t n, size_t row_length) {
  kernels.fwht_f32(x, row_length, n / row_length, 1);
}
template <>
void transform(const Kernels& kernels, double* x, size_t n, size_t row_length) {
  kernels.fwht_f64(x, row_length, n / row_length, 1);
}
template <>
void transform(const Kernels& kernels, int32_t* x, size_t n, size_t row_length) {
  kernels.fwht_i32(x, row_length, n / row_length, 0);
}

namespace {

const Ports& ports_of(const Limits& limits, float) { return limits.float32; }
const Ports& ports_of(const Limits& limits, double) { return limits.float64; }
const Ports& ports_of(const Limits& limits, int32_t) { return limits.int32; }

struct Sample {
  double time;
  Bounds bounds;
  double core;
};

Timing medians(const std::vector<Sample>& samples) {
  const auto of = [&](const auto& value) {
    std::vector<double> values;
    for (const Sample& sample : samples) values.push_back(value(sample));
    return median(values);
  };
  const auto bound = [&](double Bounds::*which) {
    return of([&](const Sample& s) { return s.bounds.*which; });
  };
  return {of([](const Sample& s) { return s.time; }),
          {bound(&Bounds::additions), bound(&Bounds::vector), bound(&Bounds::loads), bound(&Bounds::stores),
           bound(&Bounds::memory), bound(&Bounds::caches)},
          of([](const Sample& s) { return s.bounds.largest() / s.time; }),
          of([](const Sample& s) { return s.bounds.additions / s.time; }),
          of([](const Sample& s) { return s.bounds.of_ports() / s.time; }),
          of([](const Sample& s) { return s.bounds.caches / s.time; })};
}

}  // namespace

template <class T>
Timing time_transform(const Kernels& kernels, const Limits& limits, T* x, size_t n, size_t row_length,
                      double nanoseconds) {
  const double clock = clock_time();
  Model model(ports_of(limits, T{}), row_length, n / row_length, clock);
  const Run whole_core(limits.int32.add, clock);
  Rows<T> rows(x, n, row_length);
  const auto run = [&](size_t pairs) {
    rows.make_room(pairs);
    return time_of(clock, [&] {
      for (size_t i = 0; i < 2 * pairs; i++) transform(kernels, x, n, row_length);
    });
  };
  run(1);
  const size_t pairs = std::clamp(static_cast<size_t>(kRun / run(1)), size_t{1}, rows.most_pairs());

  std::vector<Sample> samples;
  double fastest_core = 0;
  const auto undisturbed = [&](const Sample& sample) { return sample.core > kUndisturbed * fastest_core; };
  const auto enough = [&] {
    return static_cast<size_t>(std::count_if(samples.begin(), samples.end(), undisturbed)) >= kLeastRuns;
  };
  const Clock::time_point start = Clock::now();
  do {
    // Once before the time, which brings back what the loops of the limits have put out of the cache.
    run(1);
    const double time = run(pairs) / static_cast<double>(2 * pairs);
    samples.push_back({time, model.measure(), whole_core.steps_per_second()});
    fastest_core = std::max(fastest_core, samples.back().core);
  } while (since(start) < nanoseconds || (since(start) < kPatience * nanoseconds && !enough()) ||
           samples.size() < kLeastRuns);
  rows.finish();

  if (enough()) std::erase_if(samples, [&](const Sample& sample) { return !undisturbed(sample); });
  return medians(samples);
}

template Timing time_transform(const Kernels&, const Limits&, float*, size_t, size_t, double);
template Timing time_transform(const Kernels&, const Limits&, double*, size_t, size_t, double);
template Timing time_transform(const Kernels&, const Limits&, int32_t*, size_t, size_t, double);

}  // namespace fixed_classifier
