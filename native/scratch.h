// Memory that the kernels of heads work in.
#pragma once

#include <algorithm>
#include <cstddef>
#include <new>
#include <vector>

namespace fixed_classifier {

constexpr const char* kNoMemory = "not enough memory for the work of this head";

// A piece of memory that grows.
class Scratch {
 public:
  Scratch() = default;
  ~Scratch() { release(); }
  Scratch(Scratch&& other) noexcept : memory_(other.memory_), bytes_(other.bytes_) {
    other.memory_ = nullptr;
    other.bytes_ = 0;
  }
  Scratch& operator=(Scratch&&) = delete;

  // Makes sure that there are so many bytes. Returns false if there is no memory for them; what was in it is
  // lost.
  bool reserve(size_t bytes) { return bytes <= bytes_ || grow(bytes); }

  void release() {
    ::operator delete(memory_, kAlignment);
    memory_ = nullptr;
    bytes_ = 0;
  }

  void* get() const { return memory_; }
  size_t bytes() const { return bytes_; }

 private:
  [[gnu::noinline]] bool grow(size_t bytes) {
    release();
    memory_ = ::operator new(bytes, kAlignment, std::nothrow);
    if (memory_ != nullptr) bytes_ = bytes;
    return memory_ != nullptr;
  }

  static constexpr std::align_val_t kAlignment{64};
  void* memory_ = nullptr;
  size_t bytes_ = 0;
};

// The memory of all heads of one JavaScript thread, whose calls follow each other: a piece for each thread
// that shares a call.
class SharedScratch {
 public:
  // Makes sure that so many threads have so many bytes. Returns false if there is no memory for them.
  bool prepare(int threads, size_t bytes) {
    if (++calls_ == kRecentCalls) give_back();
    if (bytes > most_) most_ = bytes;
    const size_t count = static_cast<size_t>(threads);
    if (pieces_.size() < count) pieces_.resize(count);
    for (size_t i = 0; i < count; i++) {
      if (!pieces_[i].reserve(bytes)) return false;
    }
    return true;
  }

  void* of(int thread) const { return pieces_[thread].get(); }

 private:
  // What is larger than this and than any recent call needed is given back.
  static constexpr size_t kKept = size_t{1} << 20;
  static constexpr int kRecentCalls = 64;

  [[gnu::noinline]] void give_back() {
    const size_t most = std::max(most_, kKept);
    for (Scratch& piece : pieces_) {
      if (piece.bytes() > most) piece.release();
    }
    calls_ = 0;
    most_ = 0;
  }

  std::vector<Scratch> pieces_;
  int calls_ = 0;
  size_t most_ = 0;  // that a call needed, of the last few
};

}  // namespace fixed_classifier
