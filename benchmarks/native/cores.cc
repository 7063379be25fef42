#include "cores.h"

#include <atomic>
#include <thread>

#include "runs.h"

#ifdef __linux__
#include <sched.h>
#endif

namespace fixed_classifier {
namespace {

constexpr size_t kRuns = 3 * kLeastRuns;

double speed(const Run& additions) {
  std::vector<double> speeds;
  for (size_t i = 0; i < kRuns; i++) speeds.push_back(additions.steps_per_second());
  return median(speeds);
}

// Keeps this thread off a processor. Where it starts beside the caller, which waits for it without sleeping,
// the scheduler takes milliseconds to see that.
void avoid(int processor) {
#ifdef __linux__
  cpu_set_t set;
  if (sched_getaffinity(0, sizeof set, &set) != 0 || CPU_COUNT(&set) < 2) return;
  CPU_CLR(processor, &set);
  sched_setaffinity(0, sizeof set, &set);
#endif
}

int this_processor() {
#ifdef __linux__
  return sched_getcpu();
#else
  return 0;
#endif
}

// The other thread answers questions in turn, by their number. Each word has cache lines of its own.
class Other {
 public:
  explicit Other(const Run& additions)
      : additions_(additions), thread_([this, here = this_processor()] {
          avoid(here);
          serve();
        }) {}
  ~Other() {
    asked_ = kEnd;
    thread_.join();
  }

  void ask(uint32_t what) { asked_.store(what | ++number_ << kBits); }
  void wait() const {
    while (answered_.load() != number_) {
    }
  }
  void round_trip() {
    ask(kNothing);
    wait();
  }
  double speed_of_both() {
    ask(kAdd);
    const double mine = speed(additions_);
    wait();
    return std::min(mine, speed_);
  }

 private:
  static constexpr uint32_t kNothing = 0, kAdd = 1, kEnd = 2, kBits = 2;

  void serve() {
    for (uint32_t last = 0;;) {
      const uint32_t asked = asked_.load();
      if (asked == kEnd) return;
      if (asked >> kBits == last) continue;
      if (asked & kAdd) speed_ = speed(additions_);
      answered_.store(last = asked >> kBits);
    }
  }

  alignas(128) std::atomic<uint32_t> asked_{0};
  alignas(128) std::atomic<uint32_t> answered_{0};
  alignas(128) uint32_t number_ = 0;
  double speed_ = 0;
  const Run additions_;
  std::thread thread_;
};

}  // namespace

Cores cores(const Limits& limits) {
  constexpr int kTrips = 20;
  const double clock = clock_time();
  const Run additions(limits.int32.add, clock);
  Cores now;
  now.alone = speed(additions);
  Other other(additions);
  other.round_trip();
  std::vector<double> trips;
  for (size_t i = 0; i < kRuns; i++) {
    trips.push_back(time_of(clock, [&] {
      for (int k = 0; k < kTrips; k++) other.round_trip();
    }));
  }
  now.round_trip = median(trips) / kTrips;
  now.together = other.speed_of_both();
  return now;
}

}  // namespace fixed_classifier
