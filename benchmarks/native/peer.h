// Transforms of others: functions in shared libraries that were built elsewhere.
#pragma once

#include <string>

#include "../../native/kernels.h"

namespace fixed_classifier {

// A transform of float32 rows, in place and without a scale, as C functions have it.
struct Peer {
  enum class Abi {
    length,  // void f(float* row, size_t n)
    log2,    // int f(float* row, int log2_n), which gives 0 unless it fails
    rows     // void f(float* rows, size_t count, size_t n)
  };
  void* function = nullptr;
  Abi abi = Abi::length;

  // Returns whether it did not fail.
  bool operator()(float* x, size_t n, size_t row_length) const;
};

// Returns why it cannot be loaded, or an empty string. Libraries stay loaded.
std::string load_peer(const std::string& path, const std::string& symbol, const std::string& abi, Peer& peer);

// Medians of short runs by turns, in nanoseconds for the whole array, and of the ratio of the two.
struct Comparison {
  double ours, peers, ratio;
};

Comparison compare(const Kernels& kernels, const Peer& peer, float* x, size_t n, size_t row_length,
                   double nanoseconds);

}  // namespace fixed_classifier
