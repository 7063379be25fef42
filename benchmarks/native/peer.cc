#include "peer.h"

#if !defined(_WIN32)
#include <dlfcn.h>
#endif

#include "rows.h"
#include "runs.h"

namespace fixed_classifier {

bool Peer::operator()(float* x, size_t n, size_t row_length) const {
  if (abi == Abi::rows) {
    reinterpret_cast<void (*)(float*, size_t, size_t)>(function)(x, n / row_length, row_length);
    return true;
  }
  bool done = true;
  for (size_t i = 0; i < n; i += row_length) {
    if (abi == Abi::length) {
      reinterpret_cast<void (*)(float*, size_t)>(function)(x + i, row_length);
    } else {
      const auto call = reinterpret_cast<int (*)(float*, int)>(function);
      done &= call(x + i, __builtin_ctzll(row_length)) == 0;
    }
  }
  return done;
}

std::string load_peer(const std::string& path, const std::string& symbol, const std::string& abi,
                      Peer& peer) {
#if defined(_WIN32)
  return "shared libraries of others are not loaded on Windows";
#else
  if (abi == "length") {
    peer.abi = Peer::Abi::length;
  } else if (abi == "log2") {
    peer.abi = Peer::Abi::log2;
  } else if (abi == "rows") {
    peer.abi = Peer::Abi::rows;
  } else {
    return "\"" + abi + "\" is none of length, log2, rows";
  }
  void* library = dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (!library) return dlerror();
  peer.function = dlsym(library, symbol.c_str());
  return peer.function ? "" : dlerror();
#endif
}

Comparison compare(const Kernels& kernels, const Peer& peer, float* x, size_t n, size_t row_length,
                   double nanoseconds) {
  const double clock = clock_time();
  Rows<float> rows(x, n, row_length);
  const auto ours = [&] { kernels.fwht_f32(x, row_length, n / row_length, 1); };
  const auto theirs = [&] { peer(x, n, row_length); };
  const auto run = [&](size_t pairs, const auto& transform) {
    rows.make_room(pairs);
    return time_of(clock, [&] {
      for (size_t i = 0; i < 2 * pairs; i++) transform();
    });
  };
  // A run, and one before it, which brings back what the other has put out of the caches.
  const auto time = [&](const auto& transform) {
    run(1, transform);
    const size_t pairs =
        std::clamp(static_cast<size_t>(kRun / run(1, transform)), size_t{1}, rows.most_pairs());
    return run(pairs, transform) / static_cast<double>(2 * pairs);
  };
  std::vector<double> times, their_times, ratios;
  const Clock::time_point start = Clock::now();
  do {
    times.push_back(time(ours));
    their_times.push_back(time(theirs));
    ratios.push_back(their_times.back() / times.back());
  } while (since(start) < nanoseconds || times.size() < kLeastRuns);
  rows.finish();
  return {median(times), median(their_times), median(ratios)};
}

}  // namespace fixed_classifier
