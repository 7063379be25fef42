// Whose turn it is: what threads add to one sum is added in a fixed order, whoever comes first.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <mutex>

#include "spin.h"

namespace fixed_classifier {

class Turn {
 public:
  // Waits until it is the turn of `number`; the first is 0.
  void wait(size_t number) {
    const auto is_next = [&] { return next_.load(std::memory_order_acquire) == number; };
    if (spin_until(is_next)) return;
    std::unique_lock<std::mutex> lock(mutex_);
    changed_.wait(lock, is_next);
  }

  // Says whose turn is next; called by the one whose turn it is.
  void pass_to(size_t number) {
    {
      const std::lock_guard<std::mutex> lock(mutex_);
      next_.store(number, std::memory_order_release);
    }
    changed_.notify_all();
  }

 private:
  std::atomic<size_t> next_{0};
  std::mutex mutex_;
  std::condition_variable changed_;
};

}  // namespace fixed_classifier
