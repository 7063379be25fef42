// Cuts a batch into chunks of rows, which threads share.
#pragma once

#include <algorithm>
#include <condition_variable>
#include <cstddef>
#include <mutex>
#include <vector>

#include "arguments.h"
#include "head_table.h"
#include "scratch.h"

namespace fixed_classifier {

// What a call of a head's kernel needs beside its arguments.
struct HeadCall {
  const Executor& executor;
  SharedScratch& scratch;
  const HeadData& data;
};

// Calls step(first row, rows, scratch memory) for every chunk, on several threads where there is enough to
// do.
template <class Step>
void for_chunks(napi_env env, const HeadCall& call, size_t rows, const Step& step) {
  const size_t chunks = (rows + kChunkRows - 1) / kChunkRows;
  const int threads = call.executor.threads_for(call.data.additions * rows);
  if (!call.scratch.prepare(threads, call.data.scratch_bytes)) {
    napi_throw_range_error(env, nullptr, kNoMemory);
    return;
  }
  run_parallel(threads, chunks, [&](size_t chunk, int thread) {
    const size_t r = chunk * kChunkRows;
    step(r, std::min(kChunkRows, rows - r), call.scratch.of(thread));
  });
}

// Adds to a gradient. Not unrolled, where the linker puts the loop decides over 3 % of a gradient of 100,000
// classes.
inline void add(float* total, const std::vector<float>& terms) {
#pragma GCC unroll 4
  for (size_t i = 0; i < terms.size(); i++) total[i] += terms[i];
}

// Calls step(first row, rows, scratch memory, bias gradient of the chunk) for every chunk, as for_chunks
// does. The bias gradients of the chunks are added in their order, whoever finishes first: docs/numerics.md,
// "Sums over rows".
template <class Step>
void for_gradient_chunks(napi_env env, const HeadCall& call, size_t rows, const TypedArray<float>& bias,
                         const Step& step) {
  std::fill(bias.data, bias.data + bias.length, 0.0f);
  std::mutex mutex;
  std::condition_variable turn;
  size_t next = 0;
  for_chunks(env, call, rows, [&](size_t r, size_t count, void* scratch) {
    std::vector<float> chunk(bias.length);
    step(r, count, scratch, bias.data ? chunk.data() : nullptr);
    std::unique_lock<std::mutex> lock(mutex);
    turn.wait(lock, [&] { return next == r; });
    add(bias.data, chunk);
    next = r + count;
    turn.notify_all();
  });
}

}  // namespace fixed_classifier
