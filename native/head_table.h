// A head as the addon holds it: the tables that JavaScript hands over, checked and copied.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "arguments.h"
#include "executor.h"
#include "scratch.h"

namespace fixed_classifier {

struct HeadData {
  explicit HeadData(const Executor& executor) : executor(executor) {}
  HeadData(const HeadData&) = delete;
  HeadData& operator=(const HeadData&) = delete;

  Executor executor;
  Head head{};  // refers to what follows
  KroneckerFactor factor{};
  KroneckerFactor transposed_factor{};
  std::vector<uint16_t> factor_terms;
  std::vector<uint16_t> transposed_terms;
  std::vector<uint32_t> columns;
  std::vector<uint32_t> masks;
  std::vector<Segment> segments;
  std::vector<Block> blocks;
  // Scratch memory for each thread. All calls on the JavaScript thread use it.
  std::vector<std::unique_ptr<Scratch>> scratch;

  size_t scratch_bytes() const { return executor.kernels->scratch_bytes(head); }

  // Makes sure that so many threads have scratch memory. Returns false if there is not enough.
  bool prepare_scratch(int threads);

  // How many additions a forward pass of so many rows takes.
  double additions(size_t rows) const;
};

using SharedHead = std::shared_ptr<HeadData>;

// Reads `features, classes, order, unit, masks, segments, factorOrder, factorSigns, transposedSigns,
// columns`. Returns null, with an exception pending, if the tables would lead a kernel out of its arrays.
SharedHead read_head(Arguments& arguments, const Executor& executor);

}  // namespace fixed_classifier
