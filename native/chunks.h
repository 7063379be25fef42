// Cuts a batch into chunks of rows, which threads share.
#pragma once

#include <algorithm>
#include <cstddef>
#include <memory>

#include "arguments.h"
#include "head_table.h"
#include "scratch.h"
#include "turn.h"

namespace fixed_classifier {

// What a call of a head's kernel needs beside its arguments.
struct HeadCall {
  const Executor& executor;
  SharedScratch& scratch;
  const HeadData& data;
};

// How long an operation takes, about, by the time of a forward pass.
enum class Work : size_t { kForward = 1, kBackward = 2, kSoftmax = 3, kLoss = 4 };

// Calls step(first row, rows, scratch memory) for every chunk, on several threads where there is enough to
// do.
template <class Step>
void for_chunks(napi_env env, const HeadCall& call, size_t rows, Work work, const Step& step,
                Order order = Order::kRuns) {
  const size_t chunks = (rows + kChunkRows - 1) / kChunkRows;
  const int threads = call.executor.threads_for(call.data.additions * rows * static_cast<size_t>(work));
  if (!call.scratch.prepare(threads, call.data.scratch_bytes)) {
    napi_throw_range_error(env, nullptr, kNoMemory);
    return;
  }
  const auto chunk_of = [&](size_t chunk, int thread) {
    const size_t r = chunk * kChunkRows;
    step(r, std::min(kChunkRows, rows - r), call.scratch.of(thread));
  };
  run_parallel(threads, chunks, chunk_of, order);
}

// Where the gradients go that are summed over the rows of a call; each may be null.
struct GradientSums {
  TypedArray<float> bias, weights;
  TypedArray<int32_t> weight_classes;
};

// A chunk of rows whose gradients are made.
struct GradientChunk {
  size_t row, rows;
  void* scratch;
  float* bias;  // the chunk's own; null: there is none
  const WeightGradient* weights;
};

// Whose turn it is, for each block of a head.
class BlockTurns {
 public:
  explicit BlockTurns(size_t blocks) : turns_(std::make_unique<Turn[]>(blocks)) {}

  static void enter(void* turns, size_t chunk, size_t block) {
    static_cast<BlockTurns*>(turns)->turns_[block].wait(chunk);
  }
  static void leave(void* turns, size_t chunk, size_t block) {
    static_cast<BlockTurns*>(turns)->turns_[block].pass_to(chunk + 1);
  }

 private:
  std::unique_ptr<Turn[]> turns_;
};

// Adds to a gradient. Not unrolled, where the linker puts the loop decides over 3 % of a gradient of 100,000
// classes.
inline void add(float* total, const float* terms, size_t count) {
#pragma GCC unroll 4
  for (size_t i = 0; i < count; i++) total[i] += terms[i];
}

// Calls step(chunk) for every chunk, as for_chunks does. The bias gradients of the chunks are added in their
// order to that of the first, whoever finishes first, and so are those by class vectors, which the step adds
// itself: docs/numerics.md, "Sums over rows".
template <class Step>
void for_gradient_chunks(napi_env env, const HeadCall& call, size_t rows, Work work, const GradientSums& sums,
                         const Step& step) {
  const TypedArray<float>& bias = sums.bias;
  if (rows == 0) std::fill(bias.data, bias.data + bias.length, 0.0f);
  std::fill(sums.weights.data, sums.weights.data + sums.weights.length, 0.0f);
  BlockTurns turns(sums.weights.length > 0 ? call.data.head.block_count : 0);
  const WeightGradient weights{sums.weights.data, sums.weight_classes.data, sums.weight_classes.length,
                               BlockTurns::enter, BlockTurns::leave,        &turns};
  Turn turn;
  const auto in_turn = [&](size_t r, size_t count, void* scratch) {
    std::unique_ptr<float[]> own;
    if (bias.data && r > 0) own.reset(new float[bias.length]);
    step({r, count, scratch, r > 0 ? own.get() : bias.data, sums.weights.length > 0 ? &weights : nullptr});
    turn.wait(r);
    if (own) add(bias.data, own.get(), bias.length);
    turn.pass_to(r + count);
  };
  for_chunks(env, call, rows, work, in_turn, Order::kInTurn);
}

}  // namespace fixed_classifier
