// The functions of JavaScript on the losses and scores of a head.
#pragma once

#include <node_api.h>

#include <cstddef>

namespace fixed_classifier {

constexpr size_t kLossArity = 17;
napi_value loss_and_gradient(napi_env env, napi_callback_info info);

constexpr size_t kLogSumExpArity = 6;
napi_value log_sum_exp(napi_env env, napi_callback_info info);

}  // namespace fixed_classifier
