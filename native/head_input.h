// What the functions of JavaScript on heads begin with.
#pragma once

#include <algorithm>
#include <cstddef>

#include "arguments.h"
#include "chunks.h"
#include "feature_array.h"
#include "head.h"
#include "head_table.h"

namespace fixed_classifier {

// What the functions of heads are made with.
struct HeadFunctions {
  Executor executor;
  ScratchOwner scratch;
};

// Reads the first argument, a head. After a mistake it is one by whose features can be divided, and which is
// never worked on.
inline const HeadData& read_head(Arguments& arguments) {
  static constexpr HeadData kNone = [] {
    HeadData none;
    none.head.features = 1;
    return none;
  }();
  const HeadData* data = arguments.record<HeadData>();
  if (data && !has_words(arguments.env(), arguments.value(0), *data)) {
    napi_throw_type_error(arguments.env(), nullptr,
                          "the class vectors of the head are gone: the buffer of its code's table was "
                          "transferred; make the head again");
    arguments.refuse();
    data = nullptr;
  }
  return data ? *data : kNone;
}

// What every function of a head but planForward begins with: head, x, scale, bias.
struct HeadInput {
  const Executor& executor;
  HeadCall call;
  const Head& head;
  FeatureArray x;
  Parameters parameters{};
  size_t rows;
  bool fits;

  explicit HeadInput(Arguments& arguments)
      : executor(arguments.data<HeadFunctions>().executor),
        call{executor, *arguments.data<HeadFunctions>().scratch, read_head(arguments)},
        head(call.data.head) {
    x = read_features(arguments);
    parameters.scale = arguments.number();
    const TypedArray<float> bias = arguments.optional_array<float>();
    parameters.bias = bias.data;
    parameters.normalised = call.data.normalised;
    rows = x.length / head.features;
    fits = x.length % head.features == 0 && (!bias.data || bias.length == head.classes);
  }
  Features row(size_t r) const { return x.from(r * head.features); }
};

inline bool are_classes(const TypedArray<int32_t>& values, const Head& head) {
  return std::all_of(values.data, values.data + values.length,
                     [&](int32_t c) { return c >= 0 && static_cast<size_t>(c) < head.classes; });
}

struct GradientArrays {
  TypedArray<float> features, scale, bias, weights;
  TypedArray<int32_t> weight_classes;

  explicit GradientArrays(Arguments& arguments)
      : features(arguments.array<float>()),
        scale(arguments.array<float>()),
        bias(arguments.optional_array<float>()),
        weights(arguments.optional_array<float>()),
        weight_classes(arguments.optional_array<int32_t>()) {}
  bool fit(const HeadInput& in) const {
    return features.length == in.rows * in.head.features && scale.length == in.rows &&
           (!bias.data || bias.length == in.head.classes) && weights_fit(in);
  }
  GradientSums sums() const { return {bias, weights, weight_classes}; }
  Gradients at(const HeadInput& in, const GradientChunk& chunk) const {
    return {features.data + chunk.row * in.head.features, scale.data + chunk.row, chunk.bias, chunk.weights,
            chunk.row / kChunkRows};
  }

 private:
  bool weights_fit(const HeadInput& in) const {
    if (weights.length == 0) return true;
    const size_t classes = weight_classes.data ? weight_classes.length : in.head.classes;
    return in.head.signed_rows && weights.length == classes * in.head.features &&
           are_classes(weight_classes, in.head);
  }
};

}  // namespace fixed_classifier
