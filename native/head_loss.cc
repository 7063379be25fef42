#include "head_loss.h"

#include <algorithm>

#include "head_input.h"

namespace fixed_classifier {
namespace {

// The arrays of a loss: labels, targets, class weights, row weights.
struct LossArrays {
  TypedArray<int32_t> labels;
  TypedArray<float> targets, class_weights, row_weights;

  explicit LossArrays(Arguments& arguments)
      : labels(arguments.optional_array<int32_t>()),
        targets(arguments.optional_array<float>()),
        class_weights(arguments.optional_array<float>()),
        row_weights(arguments.optional_array<float>()) {}

  // A row that is left out needs no label.
  bool fit(const HeadInput& in) const {
    if (labels.data && (targets.data || labels.length != in.rows)) return false;
    if (targets.data && targets.length != in.rows * in.head.classes) return false;
    if (class_weights.data && class_weights.length != in.head.classes) return false;
    if (row_weights.data && row_weights.length != in.rows) return false;
    for (size_t r = 0; r < labels.length; r++) {
      const bool is_class = labels.data[r] >= 0 && static_cast<size_t>(labels.data[r]) < in.head.classes;
      const bool left_out = row_weights.data && row_weights.data[r] == 0;
      if (!is_class && !left_out) return false;
    }
    return true;
  }
};

}  // namespace

napi_value loss_and_gradient(napi_env env, napi_callback_info info) {
  Arguments arguments(env, info, kLossArity);
  HeadInput in(arguments);
  in.parameters.normalised &= arguments.number() != 0;
  const LossArrays arrays(arguments);
  const float row_weight = static_cast<float>(arguments.number());
  const double smoothing = arguments.number();
  const double sum_of_class_weights = arguments.number();
  const TypedArray<double> margin = arguments.optional_array<double>();
  const TypedArray<float> losses = arguments.array<float>();
  const GradientArrays gradients(arguments);
  // Labels of no rows may have no address.
  const bool with_labels = arrays.labels.data || in.rows == 0;
  const bool fits = arrays.fit(in) && losses.length == in.rows && gradients.fit(in) &&
                    (!margin.data || (margin.length == 4 && with_labels));
  if (!arguments.check(in.fits && fits)) return nullptr;
  const Margin taken_off =
      margin.data ? Margin{margin.data[0], margin.data[1], margin.data[2], margin.data[3]} : Margin{};
  float same_weights[kChunkRows];
  std::fill(same_weights, same_weights + kChunkRows, row_weight);
  const auto from = [](const auto& array, size_t i) { return array.data ? array.data + i : nullptr; };
  const GradientSums sums = gradients.sums();
  for_gradient_chunks(env, in.call, in.rows, Work::kLoss, sums, [&](const GradientChunk& chunk) {
    const size_t r = chunk.row;
    const CrossEntropy loss{from(arrays.labels, r),
                            from(arrays.targets, r * in.head.classes),
                            arrays.class_weights.data,
                            arrays.row_weights.data ? arrays.row_weights.data + r : same_weights,
                            smoothing,
                            sum_of_class_weights,
                            margin.data ? &taken_off : nullptr};
    in.executor.kernels->loss_and_gradient(in.head, in.parameters, in.row(r), chunk.rows, loss,
                                           losses.data + r, gradients.at(in, chunk), chunk.scratch);
  });
  return nullptr;
}

napi_value log_sum_exp(napi_env env, napi_callback_info info) {
  Arguments arguments(env, info);
  HeadInput in(arguments);
  in.parameters.normalised &= arguments.number() != 0;
  const TypedArray<float> out = arguments.array<float>();
  if (!arguments.check(in.fits && out.length == in.rows)) return nullptr;
  for_chunks(env, in.call, in.rows, Work::kSoftmax, [&](size_t r, size_t rows, void* scratch) {
    in.executor.kernels->log_sum_exp(in.head, in.parameters, in.row(r), rows, out.data + r, scratch);
  });
  return nullptr;
}

}  // namespace fixed_classifier
