// The gradient by class vectors, of a head of signed rows: docs/numerics.md, "Product codes".
#pragma once

#include <cstddef>

#include "sums.h"
#include "work.h"

namespace {

using fixed_classifier::WeightGradient;

// Registers of features, and classes, whose sums are made together.
constexpr size_t kWeightRegisters = 4;
constexpr size_t kWeightClasses = F32::registers / kWeightRegisters;
constexpr size_t kWeightTile = kWeightRegisters * F32::width;

// The rows of a chunk that add something.
struct AddingRows {
  size_t count = 0;
  const float* gradient[kChunkRows];

  // Leaves what gradients by logits are multiplied by where u will be: tile after tile of features, and of
  // each row after row.
  AddingRows(const ChunkScratch& work, const float* row_weights) {
    const size_t features = work.head.features;
    size_t rows[kChunkRows];
    for (size_t r = 0; r < work.rows; r++) {
      if ((row_weights && row_weights[r] == 0) || work.row[r].zero) continue;
      gradient[count] = work.gradient_of(r);
      rows[count++] = r;
    }
    float* to = work.u;
    for (size_t i = 0; i < features; i += kWeightTile) {
      const size_t there = features - i < kWeightTile ? features - i : kWeightTile;
      for (size_t k = 0; k < count; k++, to += kWeightTile) {
        const Row& row = work.row[rows[k]];
        const float factor = static_cast<float>(work.parameters.scale / row.length);
        for (size_t j = 0; j < kWeightTile; j++) to[j] = j < there ? factor * row.x[i + j] : 0.0f;
      }
    }
  }
};

// Adds what the rows add to a tile of the gradients of kWeightClasses classes, at `at` of their block, of
// which the first `count` are wanted.
inline void add_weight_tile(const AddingRows& rows, const float* x, const size_t (&at)[kWeightClasses],
                            float* const (&out)[kWeightClasses], size_t count, size_t there) {
  F32::reg sum[kWeightClasses][kWeightRegisters];
  for (auto& of_class : sum) {
    for (auto& s : of_class) s = F32::broadcast(0.0f);
  }
  for (size_t k = 0; k < rows.count; k++, x += kWeightTile) {
    F32::reg v[kWeightRegisters];
#pragma GCC unroll 4
    for (size_t i = 0; i < kWeightRegisters; i++) v[i] = F32::load(x + i * F32::width);
#pragma GCC unroll 4
    for (size_t c = 0; c < kWeightClasses; c++) {
      const F32::reg g = F32::broadcast(rows.gradient[k][at[c]]);
#pragma GCC unroll 4
      for (size_t i = 0; i < kWeightRegisters; i++) sum[c][i] = F32::add(sum[c][i], F32::mul(g, v[i]));
    }
  }
#pragma GCC unroll 4
  for (size_t c = 0; c < kWeightClasses; c++) {
    if (c >= count) break;
    alignas(64) float tile[kWeightTile];
    float* to = there == kWeightTile ? out[c] : tile;
    if (to == tile) memcpy(tile, out[c], there * sizeof(float));
#pragma GCC unroll 4
    for (size_t i = 0; i < kWeightRegisters; i++)
      F32::store(to + i * F32::width, F32::add(F32::load(to + i * F32::width), sum[c][i]));
    if (to == tile) memcpy(out[c], tile, there * sizeof(float));
  }
}

// Adds what the rows of a chunk add to the gradients by the class vectors of a block.
[[gnu::noinline]] void add_to_weights(const ChunkScratch& work, const Block& block, const float* row_weights,
                                      const WeightGradient& weights) {
  const size_t features = work.head.features;
  const Segment& segment = block.segments[0];
  const AddingRows rows(work, row_weights);
  const size_t count = weights.classes ? weights.count : segment.count;
  size_t at[kWeightClasses] = {};
  float* out[kWeightClasses] = {};
  size_t found = 0;
  for (size_t k = 0; k <= count; k++) {
    if (k < count) {
      const size_t c = weights.classes ? static_cast<size_t>(weights.classes[k]) : segment.first + k;
      if (c < segment.first || c >= segment.first + segment.count) continue;
      at[found] = c - segment.first;
      out[found++] = weights.total + (weights.classes ? k : c) * features;
      if (found < kWeightClasses) continue;
    }
    if (found == 0) continue;
    const float* x = work.u;
    for (size_t i = 0; i < features; i += kWeightTile, x += rows.count * kWeightTile) {
      add_weight_tile(rows, x, at, out, found, features - i < kWeightTile ? features - i : kWeightTile);
      for (float*& to : out) to += kWeightTile;
    }
    found = 0;
  }
}

}  // namespace
