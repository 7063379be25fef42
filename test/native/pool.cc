// Makes calls that share the pool of native/pool.h, from several threads at once and across a fork.
#include "../../native/pool.h"

#include <sched.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <memory>
#include <thread>
#include <vector>

#include "harness.h"

namespace harness {

using fixed_classifier::follows_another;
using fixed_classifier::Order;
using fixed_classifier::run_parallel;

namespace {

constexpr int kMostThreads = 6;

// One call. In turn its tasks wait for those before them, as the sums of gradients do, so that a task begun
// out of turn or by nobody is a hang.
class ParallelCall {
 public:
  ParallelCall(int threads, size_t tasks, Order order)
      : threads_(threads), tasks_(tasks), order_(order), done_(new std::atomic<int>[tasks + 1]()) {}

  void run() {
    run_parallel(
        threads_, tasks_, [this](size_t task, int thread) { work(task, thread); }, order_);
  }

  void check() const {
    if (wrong_.load()) fail("a call of %zu tasks on %d threads: %s", tasks_, threads_, wrong_.load());
    for (size_t task = 0; task < tasks_; task++) {
      if (done_[task].load() != 1)
        fail("task %zu of %zu was done %d times", task, tasks_, done_[task].load());
    }
  }

 private:
  void work(size_t task, int thread) {
    if (task >= tasks_ || thread < 0 || thread >= threads_) {
      wrong_ = "no such task or thread";
      return;
    }
    if (busy_[thread].exchange(true)) wrong_ = "two tasks were one thread's at once";
    while (order_ == Order::kInTurn && task > 0 && done_[task - 1].load() == 0) sched_yield();
    done_[task]++;
    busy_[thread] = false;
  }

  int threads_;
  size_t tasks_;
  Order order_;
  std::unique_ptr<std::atomic<int>[]> done_;
  std::atomic<bool> busy_[kMostThreads] = {};
  std::atomic<const char*> wrong_{nullptr};
};

ParallelCall random_call(Random& random) {
  return {static_cast<int>(random.between(1, kMostThreads)), random.small_up_to(100),
          random.below(2) == 0 ? Order::kRuns : Order::kInTurn};
}

// Whether a child that works in parallel too ends as it should.
void expect_good_child(pid_t child) {
  int status = 0;
  if (child < 0 || waitpid(child, &status, 0) != child) fail("no child");
  if (WIFSIGNALED(status)) fail("a child of fork ended by signal %d", WTERMSIG(status));
  if (WEXITSTATUS(status) != 0) fail("a child of fork ended with status %d", WEXITSTATUS(status));
}

void test_callers(Random& random) {
  context.operation = "run_parallel";
  std::vector<std::thread> callers;
  for (size_t i = random.between(1, 4); i > 0; i--) {
    callers.emplace_back([seed = random.bits()] {
      Random own(seed);
      for (int turn = 0; turn < 10; turn++) {
        ParallelCall call = random_call(own);
        call.run();
        call.check();
      }
    });
  }
  for (std::thread& caller : callers) caller.join();
}

// Forks while another thread is in a call. Nothing allocates between the fork and the end of the child: what
// the allocators of sanitizers do then is their own affair.
void test_fork(Random& random) {
  constexpr unsigned kSecondsToHang = 60;
  context.operation = "run_parallel";
  ParallelCall first(kMostThreads, 20, Order::kRuns), in_parent(3, 20, Order::kInTurn),
      in_child(3, 20, Order::kInTurn);
  first.run();
  std::atomic<bool> stop{false};
  std::thread other([&] {
    while (!stop.load()) run_parallel(2, 4, [](size_t, int) { sched_yield(); });
  });
  for (size_t yields = random.below(20); yields > 0; yields--) sched_yield();
  const pid_t child = fork();
  if (child == 0) {
    alarm(kSecondsToHang);
    in_child.run();
    in_child.check();
    _exit(0);
  }
  in_parent.run();
  expect_good_child(child);
  stop = true;
  other.join();
  first.check();
  in_parent.check();
}

// Calls that stand alone are told from those that follow one another.
void test_pace(Random& random) {
  context.operation = "follows_another";
  std::this_thread::sleep_for(std::chrono::microseconds(random.between(200, 2000)));
  if (follows_another()) fail("a call that stands alone is taken for one that follows another");
  // Another process may have the core in between, but not every time.
  for (int i = 0; i < 1000; i++) {
    if (follows_another()) return;
  }
  fail("no call follows another");
}

}  // namespace

const std::vector<Group> groups = {{"callers", test_callers}, {"fork", test_fork}, {"pace", test_pace}};

bool choose_instruction_sets(const std::string& names) { return names.empty(); }

}  // namespace harness
