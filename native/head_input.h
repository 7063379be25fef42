// What the functions of JavaScript on heads begin with.
#pragma once

#include <cstddef>

#include "arguments.h"
#include "chunks.h"
#include "head.h"
#include "head_table.h"

namespace fixed_classifier {

// What the functions of heads are made with.
struct HeadFunctions {
  Executor executor;
  ScratchOwner scratch;
};

// Reads a head. After a mistake it is one by whose features can be divided, and which is never worked on.
inline const HeadData& read_head(Arguments& arguments) {
  static constexpr HeadData kNone = [] {
    HeadData none;
    none.head.features = 1;
    return none;
  }();
  const HeadData* data = arguments.record<HeadData>();
  return data ? *data : kNone;
}

// What every function of a head but planForward begins with: head, x, scale, bias.
struct HeadInput {
  const Executor& executor;
  HeadCall call;
  const Head& head;
  TypedArray<float> x;
  Parameters parameters{};
  size_t rows;
  bool fits;

  explicit HeadInput(Arguments& arguments)
      : executor(arguments.data<HeadFunctions>().executor),
        call{executor, *arguments.data<HeadFunctions>().scratch, read_head(arguments)},
        head(call.data.head) {
    x = arguments.array<float>();
    parameters.scale = arguments.number();
    const TypedArray<float> bias = arguments.optional_array<float>();
    parameters.bias = bias.data;
    rows = x.length / head.features;
    fits = x.length % head.features == 0 && (!bias.data || bias.length == head.classes);
  }
  const float* row(size_t r) const { return x.data + r * head.features; }
};

struct GradientArrays {
  TypedArray<float> features, scale, bias;

  explicit GradientArrays(Arguments& arguments)
      : features(arguments.array<float>()),
        scale(arguments.array<float>()),
        bias(arguments.optional_array<float>()) {}
  bool fit(const HeadInput& in) const {
    return features.length == in.rows * in.head.features && scale.length == in.rows &&
           (!bias.data || bias.length == in.head.classes);
  }
  Gradients at(const HeadInput& in, size_t r, float* chunk_bias) const {
    return {features.data + r * in.head.features, scale.data + r, chunk_bias};
  }
};

}  // namespace fixed_classifier
