#include "pool.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <thread>

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

// Leaves the core to whoever shares it while this thread waits.
void relax() {
#if defined(__x86_64__) || defined(_M_X64)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  asm volatile("yield");
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
  bool run(int threads, size_t tasks, const std::function<void(size_t, int)>& work) {
    std::unique_lock<std::mutex> only(busy_, std::try_to_lock);
    if (!only) return false;
    {
      std::lock_guard<std::mutex> lock(mutex_);
      while (started_ < threads - 1 && start()) {
      }
      work_ = &work;
      tasks_ = tasks;
      next_.store(0, std::memory_order_relaxed);
      helpers_ = std::min(threads - 1, started_);
      joined_ = 0;
      call_.fetch_add(1, std::memory_order_release);
    }
    wake_.notify_all();
    take_tasks(work, tasks, 0);
    {
      std::lock_guard<std::mutex> lock(mutex_);
      helpers_ = 0;  // threads that have not woken up by now need not
    }
    spin_until([&] { return working_.load(std::memory_order_acquire) == 0; });
    std::unique_lock<std::mutex> lock(mutex_);
    done_.wait(lock, [&] { return working_.load(std::memory_order_relaxed) == 0; });
    work_ = nullptr;
    return true;
  }

 private:
  // Falling asleep and being woken up takes longer than most calls last, and calls follow each other.
  template <class Condition>
  static void spin_until(const Condition& condition) {
    const auto end = std::chrono::steady_clock::now() + std::chrono::microseconds(50);
    do {
      for (int i = 0; i < 50; i++) {
        if (condition()) return;
        relax();
      }
    } while (std::chrono::steady_clock::now() < end);
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
    unsigned seen = 0;
    for (;;) {
      spin_until([&] { return call_.load(std::memory_order_acquire) != seen; });
      std::unique_lock<std::mutex> lock(mutex_);
      wake_.wait(lock, [&] { return call_.load(std::memory_order_relaxed) != seen; });
      seen = call_.load(std::memory_order_relaxed);
      if (joined_ >= helpers_) continue;
      const int thread = ++joined_;
      working_.fetch_add(1, std::memory_order_relaxed);
      const auto* work = work_;
      const size_t tasks = tasks_;
      lock.unlock();
      take_tasks(*work, tasks, thread);
      lock.lock();
      if (working_.fetch_sub(1, std::memory_order_release) == 1) done_.notify_one();
    }
  }

  void take_tasks(const std::function<void(size_t, int)>& work, size_t tasks, int thread) {
    for (size_t task; (task = next_.fetch_add(1, std::memory_order_relaxed)) < tasks;) work(task, thread);
  }

  std::mutex busy_;
  std::mutex mutex_;
  std::condition_variable wake_, done_;
  const std::function<void(size_t, int)>* work_ = nullptr;
  size_t tasks_ = 0;
  std::atomic<size_t> next_{0};
  std::atomic<unsigned> call_{0};
  int started_ = 0;              // threads that exist
  int helpers_ = 0;              // how many of them this call wants
  int joined_ = 0;               // how many have come
  std::atomic<int> working_{0};  // how many have not finished
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

namespace detail {

bool run_in_pool(int threads, size_t tasks, const std::function<void(size_t, int)>& work) {
  return pool().run(threads, tasks, work);
}

}  // namespace detail
}  // namespace fixed_classifier
