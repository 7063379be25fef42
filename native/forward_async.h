// A forward pass on a thread of Node.js, off the event loop.
#pragma once

#include <cstddef>
#include <cstdint>

#include "arguments.h"
#include "feature_array.h"
#include "head_table.h"

namespace fixed_classifier {

struct AsyncForward {
  const Kernels* kernels;
  const HeadData* data;
  FeatureArray x;
  size_t rows;
  Parameters parameters;
  float* logits;
  const int32_t* cancelled;  // other than 0 stops the work early
};

// Starts the pass and returns a promise of its end. The arrays belong to it until it settles, and `kept`
// keeps them and the head alive: the facade passes copies that nobody else has.
napi_value start_forward(napi_env env, AsyncForward call, KeptArrays kept);

}  // namespace fixed_classifier
