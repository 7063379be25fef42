#include "head.h"

#include <algorithm>
#include <utility>

#include "arguments.h"
#include "chunks.h"
#include "forward_async.h"
#include "head_input.h"
#include "head_loss.h"
#include "head_table.h"

namespace fixed_classifier {
namespace {

void forward_rows(napi_env env, const HeadCall& call, const Parameters& parameters, const FeatureArray& x,
                  size_t rows, float* logits) {
  const Head& head = call.data.head;
  for_chunks(env, call, rows, Work::kForward, [&](size_t r, size_t count, void* scratch) {
    call.executor.kernels->forward(head, parameters, x.from(r * head.features), count,
                                   logits + r * head.classes, scratch);
  });
}

constexpr size_t kForwardArity = 5;

napi_value forward(napi_env env, napi_callback_info info) {
  Arguments arguments(env, info, kForwardArity);
  const HeadInput in(arguments);
  const TypedArray<float> logits = arguments.array<float>();
  if (!arguments.check(in.fits && logits.length == in.rows * in.head.classes)) return nullptr;
  forward_rows(env, in.call, in.parameters, in.x, in.rows, logits.data);
  return nullptr;
}

FeatureArray features_of(const TypedArray<float>& x) {
  return {reinterpret_cast<const char*>(x.data), x.length};
}

bool overlap(const FeatureArray& a, const FeatureArray& b) { return a.data < b.end() && b.data < a.end(); }

// Whether JavaScript needs to say nothing more of such an array.
bool tells_its_type(const FeatureArray& x) {
  return x.type == FeatureType::kFloat32 || x.type == FeatureType::kInt8;
}

// Does what `forward` does for arrays that nobody has checked, and returns whether it has: what does not fit
// is left alone, for TypeScript to say what is wrong with it.
napi_value try_forward(napi_env env, napi_callback_info info) {
  Arguments arguments(env, info, kForwardArity);
  const auto* data = arguments.record<HeadData>();
  const FeatureArray x = read_features(arguments);
  const double scale = arguments.number();
  bool with_bias = false;
  const TypedArray<float> bias = arguments.optional_array<float>(&with_bias);
  const TypedArray<float> logits = arguments.array<float>();
  bool fits = false;
  if (arguments.fits(data != nullptr && data->shared_words == 0 && x.length > 0 && tells_its_type(x))) {
    const Head& head = data->head;
    const size_t rows = x.length / head.features;
    fits = x.length == rows * head.features && logits.length == rows * head.classes &&
           (!with_bias || bias.length == head.classes) && !overlap(features_of(logits), x) &&
           !overlap(features_of(logits), features_of(bias));
    const auto& functions = arguments.data<HeadFunctions>();
    const HeadCall call{functions.executor, *functions.scratch, *data};
    if (fits) forward_rows(env, call, {scale, bias.data, data->normalised}, x, rows, logits.data);
  }
  napi_value done = nullptr;
  napi_get_boolean(env, fits, &done);
  return done;
}

// A forward pass of certain arrays, which its record keeps alive.
struct ForwardPlan {
  Executor executor;
  const HeadData* data;
  FeatureArray x;
  size_t rows;
  const float* bias;
  float* logits;
};

napi_value plan_forward(napi_env env, napi_callback_info info) {
  Arguments arguments(env, info);
  const HeadData& data = read_head(arguments);
  const Head& head = data.head;
  const FeatureArray x = read_features(arguments);
  const TypedArray<float> bias = arguments.optional_array<float>();
  const TypedArray<float> logits = arguments.array<float>();
  const size_t rows = x.length / head.features;
  const bool fits = x.length == rows * head.features && (!bias.data || bias.length == head.classes) &&
                    logits.length == rows * head.classes;
  if (!arguments.check(fits) || !copy_words(env, arguments.value(0))) return nullptr;
  const ForwardPlan plan{arguments.data<HeadFunctions>().executor, &data, x, rows, bias.data, logits.data};
  const napi_value record = make_record(env, plan).object;
  if (record != nullptr) {
    keep_alive(env, record, {arguments.value(0), arguments.value(1), arguments.value(2), arguments.value(3)});
  }
  return record;
}

constexpr size_t kRunForwardArity = 2;

napi_value run_forward(napi_env env, napi_callback_info info) {
  napi_value arguments[kRunForwardArity];
  size_t count = kRunForwardArity;
  void* function = nullptr;
  napi_get_cb_info(env, info, &count, arguments, nullptr, &function);
  const ForwardPlan* plan = plan_of<ForwardPlan>(env, arguments[0]);
  double scale;
  if (plan == nullptr || napi_get_value_double(env, arguments[1], &scale) != napi_ok)
    return throw_misfit(env);
  const ScratchOwner& scratch = static_cast<FunctionDataOf<ScratchOwner>*>(function)->value;
  const HeadCall call{plan->executor, *scratch, *plan->data};
  forward_rows(env, call, {scale, plan->bias, plan->data->normalised}, plan->x, plan->rows, plan->logits);
  return nullptr;
}

napi_value forward_async(napi_env env, napi_callback_info info) {
  Arguments arguments(env, info);
  KeptArrays arrays;
  arguments.keep(arrays);
  const HeadInput in(arguments);
  const TypedArray<float> logits = arguments.array<float>();
  const TypedArray<int32_t> cancelled = arguments.array<int32_t>();
  if (!arguments.check(in.fits && logits.length == in.rows * in.head.classes && cancelled.length == 1) ||
      !copy_words(env, arguments.value(0)))
    return nullptr;
  return start_forward(
      env, {in.executor.kernels, &in.call.data, in.x, in.rows, in.parameters, logits.data, cancelled.data},
      std::move(arrays));
}

napi_value probabilities(napi_env env, napi_callback_info info) {
  Arguments arguments(env, info);
  const HeadInput in(arguments);
  const TypedArray<float> out = arguments.array<float>();
  if (!arguments.check(in.fits && out.length == in.rows * in.head.classes)) return nullptr;
  for_chunks(env, in.call, in.rows, Work::kSoftmax, [&](size_t r, size_t rows, void* scratch) {
    in.executor.kernels->probabilities(in.head, in.parameters, in.row(r), rows,
                                       out.data + r * in.head.classes, scratch);
  });
  return nullptr;
}

napi_value chosen_probabilities(napi_env env, napi_callback_info info) {
  Arguments arguments(env, info);
  const HeadInput in(arguments);
  const TypedArray<int32_t> chosen = arguments.array<int32_t>();
  const TypedArray<float> out = arguments.array<float>();
  if (!arguments.check(in.fits && out.length == in.rows * chosen.length && are_classes(chosen, in.head)))
    return nullptr;
  for_chunks(env, in.call, in.rows, Work::kSoftmax, [&](size_t r, size_t rows, void* scratch) {
    in.executor.kernels->chosen_probabilities(in.head, in.parameters, in.row(r), rows, chosen.data,
                                              chosen.length, out.data + r * chosen.length, scratch);
  });
  return nullptr;
}

napi_value top_k(napi_env env, napi_callback_info info) {
  Arguments arguments(env, info);
  const HeadInput in(arguments);
  const size_t k = arguments.size();
  const TypedArray<int32_t> classes = arguments.array<int32_t>();
  const TypedArray<float> scores = arguments.array<float>();
  const bool fits =
      k >= 1 && k <= in.head.classes && classes.length == in.rows * k && scores.length == in.rows * k;
  if (!arguments.check(in.fits && fits)) return nullptr;
  for_chunks(env, in.call, in.rows, Work::kForward, [&](size_t r, size_t rows, void* scratch) {
    in.executor.kernels->top_k(in.head, in.parameters, in.row(r), rows, k, classes.data + r * k,
                               scores.data + r * k, scratch);
  });
  return nullptr;
}

napi_value backward(napi_env env, napi_callback_info info) {
  Arguments arguments(env, info);
  const HeadInput in(arguments);
  const TypedArray<float> grad_logits = arguments.array<float>();
  const GradientArrays gradients(arguments);
  const bool fits = grad_logits.length == in.rows * in.head.classes && gradients.fit(in);
  if (!arguments.check(in.fits && fits)) return nullptr;
  const GradientSums sums = gradients.sums();
  for_gradient_chunks(env, in.call, in.rows, Work::kBackward, sums, [&](const GradientChunk& chunk) {
    in.executor.kernels->backward(in.head, in.parameters, in.row(chunk.row), chunk.rows,
                                  grad_logits.data + chunk.row * in.head.classes, gradients.at(in, chunk),
                                  chunk.scratch);
  });
  return nullptr;
}

napi_value make_head(napi_env env, napi_callback_info info) {
  Arguments arguments(env, info);
  return make_head_record(env, arguments, arguments.data<HeadFunctions>().executor);
}

napi_value make_signed_rows_head(napi_env env, napi_callback_info info) {
  Arguments arguments(env, info);
  return make_signed_rows_record(env, arguments, arguments.data<HeadFunctions>().executor);
}

constexpr FunctionEntry kFunctions[] = {
    {"head", 10, make_head},
    {"signedRowsHead", 8, make_signed_rows_head},
    {"forward", kForwardArity, forward},
    {"tryForward", kForwardArity, try_forward},
    {"planForward", 4, plan_forward},
    {"probabilities", 5, probabilities},
    {"chosenProbabilities", 6, chosen_probabilities},
    {"topK", 7, top_k},
    {"backward", 10, backward},
    {"lossAndGradient", kLossArity, loss_and_gradient},
    {"logSumExp", 6, log_sum_exp},
    {"forwardAsync", 6, forward_async},
};

}  // namespace

const FunctionEntry kRunForward = {"runForward", kRunForwardArity, run_forward};
FunctionEntries head_functions() { return kFunctions; }

void add_head(napi_env env, napi_value object, const Executor& executor, const ScratchOwner& scratch) {
  for (const FunctionEntry& entry : kFunctions)
    add_function(env, object, entry, HeadFunctions{executor, scratch});
}

void add_run_forward(napi_env env, napi_value object, const ScratchOwner& scratch) {
  add_function(env, object, kRunForward, scratch);
}

}  // namespace fixed_classifier
