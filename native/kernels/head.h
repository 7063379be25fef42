// The operations of a head over a chunk of rows. Blocks run outside and rows inside, so the mask and the bias
// of a block are read once for all rows; nothing is kept of the logits but what their visitor keeps.
// docs/numerics.md has the formulas.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>

#include "fused.h"
#include "gradient.h"
#include "logits.h"
#include "softmax.h"
#include "stream.h"
#include "top_k.h"

namespace {

struct PassOverNoneOfRows {
  PassOverNone of(size_t, const Block&) const { return {}; }
};

// Shows all logits of all rows to visitors from visitor_of(row, segment), which done(row, segment, visitor)
// gets back; but for those that pass_over.of(row, block) passes over, as in visit_transform.
template <class VisitorOf, class Done, class PassOver = PassOverNoneOfRows>
[[gnu::always_inline]] inline void visit_blocks(ChunkScratch& work, Features x, size_t rows,
                                                const VisitorOf& visitor_of, const Done& done,
                                                PassOver&& pass_over = {}) {
  read_rows_together(work, x);
  Begun begun;
  for (size_t b = 0; b < work.head.block_count; b++) {
    const Block& block = work.head.blocks[b];
    const Block& next_block = work.head.blocks[b + 1 < work.head.block_count ? b + 1 : b];
    work.align_bias(block);
    for (size_t r = 0; r < rows; r++) {
      const auto visitor = [&](const Segment& segment) { return visitor_of(r, segment); };
      const auto finish = [&](const Segment& segment, const auto& visitor) { done(r, segment, visitor); };
      if (b == 0) {
        read_and_visit_block(work, x, r, block, visitor, finish);
      } else {
        const bool is_last = r + 1 == rows;
        const float* t = transform_block_before<F32>(
            work, begun, work.row[r], block, work.row[is_last ? 0 : r + 1], is_last ? next_block : block);
        visit_transform(work, work.row[r], block, t, visitor, finish, pass_over.of(r, block));
      }
    }
  }
}

// Shows all logits to visitors that only store them.
template <class VisitorOf>
[[gnu::always_inline]] inline void visit_to(ChunkScratch& work, Features x, size_t rows, float* out,
                                            const VisitorOf& visitor_of) {
  visit_blocks(
      work, x, rows,
      [&](size_t r, const Segment& segment) {
        return visitor_of(r, out + r * work.head.classes + segment.first - segment.hadamard_row);
      },
      [](size_t, const Segment&, const auto&) {});
}

// Stores all logits past the caches, where there are such stores and that pays; otherwise returns false.
template <class V>
[[gnu::always_inline]] inline bool stream_logits(ChunkScratch& work, Features x, size_t rows, float* out) {
  if constexpr (kStreams<V>) {
    if (rows * work.head.classes * sizeof(float) < kStreamedBytes) return false;
    Pending<V> pending[kChunkRows];
    visit_to(work, x, rows, out, [&](size_t r, float* p) { return StreamLogits<V>{p, pending[r]}; });
    for (size_t r = 0; r < rows; r++) pending[r].store();
    // Who is told that the logits are there must find them.
    V::fence();
    return true;
  }
  return false;
}

void forward(const Head& head, const Parameters& parameters, Features x, size_t rows, float* out,
             void* memory) {
  ChunkScratch work(head, parameters, rows, memory);
  if (stream_logits<F32>(work, x, rows, out)) return;
  visit_to(work, x, rows, out, [](size_t, float* p) { return StoreLogits{p}; });
}

// The visitor_of for visit_blocks whose visitors keep the logits of one segment after the other in one place.
inline auto keep_logits(const ChunkScratch& work) {
  return [z = work.logits](size_t, const Segment&) { return KeepLogits{z}; };
}

// Turns logits of a row into probabilities, by the softmax over all of its logits.
inline void probabilities_from(const Softmax& softmax, float* z, size_t count) {
  const F32::reg shift = F32::broadcast(shift_of(softmax.max));
  const F32::reg reciprocal = F32::broadcast(softmax.reciprocal());
  for_range(0, count, [&](size_t c, auto part) {
    F32::reg t[1] = {F32::sub(part.load(z + c), shift)};
    exp_nonpositive(t);
    part.store(z + c, F32::mul(t[0], reciprocal));
  });
}

void log_sum_exp(const Head& head, const Parameters& parameters, Features x, size_t rows, float* out,
                 void* memory) {
  ChunkScratch work(head, parameters, rows, memory);
  bound_logits(work);
  Softmax softmax[kChunkRows];
  visit_blocks(work, x, rows, keep_logits(work),
               [&](size_t r, const Segment& segment, const KeepLogits& logits) {
                 softmax[r].join_segment(segment, logits, work.has_near_logits(r));
               });
  for (size_t r = 0; r < rows; r++) out[r] = static_cast<float>(softmax[r].log_sum_exp());
}

void probabilities(const Head& head, const Parameters& parameters, Features x, size_t rows, float* out,
                   void* memory) {
  ChunkScratch work(head, parameters, rows, memory);
  bound_logits(work);
  Softmax softmax[kChunkRows];
  visit_blocks(work, x, rows, keep_logits(work),
               [&](size_t r, const Segment& segment, const KeepLogits& logits) {
                 memcpy(out + r * head.classes + segment.first, logits.z + segment.hadamard_row,
                        segment.count * sizeof(float));
                 softmax[r].join_segment(segment, logits, work.has_near_logits(r));
               });
  for (size_t r = 0; r < rows; r++) probabilities_from(softmax[r], out + r * head.classes, head.classes);
}

void chosen_probabilities(const Head& head, const Parameters& parameters, Features x, size_t rows,
                          const int32_t* chosen, size_t count, float* out, void* memory) {
  ChunkScratch work(head, parameters, rows, memory);
  bound_logits(work);
  Softmax softmax[kChunkRows];
  visit_blocks(work, x, rows, keep_logits(work),
               [&](size_t r, const Segment& segment, const KeepLogits& logits) {
                 for (size_t j = 0; j < count; j++) {
                   const size_t c = static_cast<size_t>(chosen[j]);
                   if (has_class(segment, c))
                     out[r * count + j] = logits.z[c - segment.first + segment.hadamard_row];
                 }
                 softmax[r].join_segment(segment, logits, work.has_near_logits(r));
               });
  for (size_t r = 0; r < rows; r++) probabilities_from(softmax[r], out + r * count, count);
}

void top_k(const Head& head, const Parameters& parameters, Features x, size_t rows, size_t k,
           int32_t* classes, float* scores, void* memory) {
  ChunkScratch work(head, parameters, rows, memory);
  BestClasses best[kChunkRows];
  for (size_t r = 0; r < rows; r++) best[r] = {k, 0, classes + r * k, scores + r * k};
  PassOverLow pass_over(work, best);
  visit_blocks(
      work, x, rows, keep_logits(work),
      [&](size_t r, const Segment& segment, const KeepLogits& logits) {
        offer_segment(best[r], segment, logits);
      },
      pass_over);
}

void backward(const Head& head, const Parameters& parameters, Features x, size_t rows,
              const float* grad_logits, const Gradients& gradients, void* memory) {
  ChunkScratch work(head, parameters, rows, memory);
  backward_rows(work, rows, kAllRows, gradients, [&](size_t r, const Block& block, const auto& spread) {
    if (&block == head.blocks) read_row(work, x, r);
    for (size_t s = 0; s < block.segment_count; s++) {
      const Segment& segment = block.segments[s];
      const float* g = grad_logits + r * head.classes + segment.first - segment.hadamard_row;
      spread(segment, [g](size_t i, auto part) { return part.load(g + i); });
    }
  });
}

}  // namespace
