#include "pool.h"

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <thread>

#include "spin.h"

#ifndef _WIN32
#include <dlfcn.h>
#include <pthread.h>
#include <sched.h>
#include <unistd.h>
#endif

namespace fixed_classifier {
namespace {

// A worker thread of Node.js closes the addons it loaded when it ends; the code of threads that live on must
// stay.
void keep_library_loaded() {
#ifndef _WIN32
  Dl_info info;
  if (dladdr(reinterpret_cast<void*>(&keep_library_loaded), &info))
    dlopen(info.dli_fname, RTLD_NOW | RTLD_NODELETE);
#endif
}

// Returns false if there can be no more threads, where std::thread would end the process.
bool start_thread(void* (*entry)(void*), void* argument) {
#ifdef _WIN32
  std::thread(entry, argument).detach();
  return true;
#else
  pthread_t thread;
  if (pthread_create(&thread, nullptr, entry, argument) != 0) return false;
  pthread_detach(thread);
  return true;
#endif
}

int process_id() {
#ifdef _WIN32
  return 0;  // nothing forks
#else
  return getpid();
#endif
}

class Pool {
 public:
  explicit Pool(int process) : owner(process) {}

  const int owner;

  // Returns false, with nothing done, if another call has the pool.
  bool run(int threads, size_t tasks, Order order, const std::function<void(size_t, int)>& work) {
    const std::unique_lock<std::mutex> only(busy_, std::try_to_lock);
    if (!only) return false;
    while (started_ < threads - 1 && start()) {
    }
    work_ = &work;
    helpers_ = static_cast<uint32_t>(std::min(threads - 1, started_));
    share_out(tasks, order);
    state_ = helpers_ * kPlace;
    if (asleep_ > 0) notify(wake_);
    take_tasks(work, 0);
    state_ &= kPlace - 1;  // threads that have not come by now need not
    if (!spin_until([&] { return state_.load(std::memory_order_acquire) == 0; })) {
      std::unique_lock<std::mutex> lock(mutex_);
      caller_asleep_ = true;
      done_.wait(lock, [&] { return state_ == 0; });
      caller_asleep_ = false;
    }
    return true;
  }

 private:
  // The state counts the threads that work, and above them the places for more.
  static constexpr uint32_t kPlace = 1 << 16;

  // Wakes those who wait. Whoever has said to be asleep holds the mutex until it waits.
  void notify(std::condition_variable& waiting) {
    { const std::lock_guard<std::mutex> lock(mutex_); }
    waiting.notify_all();
  }

  bool start() {
    if (started_ == 0) keep_library_loaded();
    const auto entry = [](void* pool) -> void* {
      static_cast<Pool*>(pool)->serve();
      return nullptr;
    };
    if (!start_thread(entry, this)) return false;
    started_++;
    return true;
  }

  void serve() {
    for (;;) {
      int thread = 0;
      if (!spin_until([&] { return (thread = join()) != 0; })) {
        std::unique_lock<std::mutex> lock(mutex_);
        asleep_++;
        // Woken up too late for one call it looks out for the next, or it would never be in time.
        if (state_ < kPlace) wake_.wait(lock);
        asleep_--;
        continue;
      }
      take_tasks(*work_, thread);
      if (--state_ == 0 && caller_asleep_) notify(done_);
    }
  }

  // Takes a place in the call there is, which ends only when this thread has; returns its number, or 0 if
  // there is no place. Without a lock: the caller has just let go of it when threads that spin see the call,
  // and would put them to sleep.
  int join() {
    uint32_t state = state_.load(std::memory_order_acquire);
    while (state >= kPlace) {
      if (state_.compare_exchange_weak(state, state - kPlace + 1))
        return static_cast<int>(helpers_ - state / kPlace + 1);
    }
    return 0;
  }

  // Tasks that follow one another. A thread looks for them in its own run first: where each took the next
  // task there is, threads on cores that are far from each other waited for the counter, and for lines that
  // another had written or, next to its own, fetched.
  struct alignas(64) Run {
    std::atomic<size_t> next{0};
    size_t end = 0;
  };
  static constexpr size_t kMostRuns = 64;

  void share_out(size_t tasks, Order order) {
    runs_ = order == Order::kInTurn ? 1 : std::min<size_t>(helpers_ + 1, kMostRuns);
    for (size_t i = 0; i < runs_; i++) {
      run_[i].next.store(tasks * i / runs_, std::memory_order_relaxed);
      run_[i].end = tasks * (i + 1) / runs_;
    }
  }

  void take_tasks(const std::function<void(size_t, int)>& work, int thread) {
    const size_t own = static_cast<size_t>(thread) % runs_;
    for (size_t i = 0; i < runs_; i++) {
      Run& run = run_[(own + i) % runs_];
      for (size_t task; (task = run.next.fetch_add(1, std::memory_order_relaxed)) < run.end;)
        work(task, thread);
    }
  }

  std::mutex busy_;  // whose call has the pool, and with it all that is no atomic
  int started_ = 0;  // threads that exist
  const std::function<void(size_t, int)>* work_ = nullptr;
  size_t runs_ = 1;
  uint32_t helpers_ = 0;  // how many threads this call wants beside its own

  // In a line of the cache of its own: threads that spin read it.
  alignas(64) std::atomic<uint32_t> state_{0};
  Run run_[kMostRuns];

  alignas(64) std::mutex mutex_;  // of who falls asleep
  std::condition_variable wake_, done_;
  std::atomic<int> asleep_{0};
  std::atomic<bool> caller_asleep_{false};
};

// The threads of a pool do not survive a fork: the child makes a pool of its own, and leaves the parent's
// alone. A lock here might be held for ever in the child, by a thread that only the parent has.
Pool& pool() {
  static constinit std::atomic<Pool*> current{nullptr};
  Pool* found = current.load(std::memory_order_acquire);
  if (found != nullptr && found->owner == process_id()) return *found;
  auto* made = new Pool(process_id());
  if (current.compare_exchange_strong(found, made, std::memory_order_acq_rel)) return *made;
  delete made;  // another thread was first
  return *found;
}

}  // namespace

int available_threads() {
#ifdef __linux__
  cpu_set_t set;
  if (sched_getaffinity(0, sizeof set, &set) == 0) return std::max(1, CPU_COUNT(&set));
#endif
  return std::max(1, static_cast<int>(std::thread::hardware_concurrency()));
}

bool follows_another() {
  using std::chrono::nanoseconds, std::chrono::steady_clock;
  static constinit std::atomic<int64_t> last{0};
  const int64_t now = nanoseconds(steady_clock::now().time_since_epoch()).count();
  return now - last.exchange(now, std::memory_order_relaxed) < 100000;
}

namespace detail {

bool run_in_pool(int threads, size_t tasks, Order order, const std::function<void(size_t, int)>& work) {
  return pool().run(threads, tasks, order, work);
}

}  // namespace detail
}  // namespace fixed_classifier
