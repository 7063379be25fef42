// Threads that share the work of one call. One pool serves the whole process: it starts with the first call
// that wants it and is never taken down, so that nothing has to be joined when an environment, or the
// process, ends in the middle of work.
#pragma once

#include <cstddef>
#include <functional>

namespace fixed_classifier {

// Returns how many processors this process may use.
int available_threads();

// Whether such a question was asked less than a hundred microseconds ago. Calls that follow one another find
// threads awake, or will when they go on; one that stands alone is done before they are.
bool follows_another();

// In which order tasks start. Each thread has a run of tasks of its own, so that what it writes is beside
// what it wrote, and takes those of others when these are done; in turn, task i + 1 never starts before task
// i.
enum class Order { kRuns, kInTurn };

namespace detail {
// Returns false, with nothing done, if the pool is busy with another call.
bool run_in_pool(int threads, size_t tasks, Order order,
                 const std::function<void(size_t task, int thread)>& work);
}  // namespace detail

// Runs work(task, thread) for every task in [0, tasks), with 0 ≤ thread < threads. Returns when all are done.
// The caller is thread 0; if the pool is busy with another call it does everything itself. With one thread
// there is no extra cost.
template <class Work>
void run_parallel(int threads, size_t tasks, const Work& work, Order order = Order::kRuns) {
  const int useful = tasks < static_cast<size_t>(threads) ? static_cast<int>(tasks) : threads;
  if (useful > 1 && detail::run_in_pool(useful, tasks, order, work)) return;
  for (size_t task = 0; task < tasks; task++) work(task, 0);
}

}  // namespace fixed_classifier
