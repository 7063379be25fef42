// The losses of heads and what is summed over their classes, as functions of JavaScript.
#pragma once

#include <node_api.h>

#include <cstddef>

#include "arguments.h"

namespace fixed_classifier {

constexpr size_t kLossArity = 19;
static_assert(kLossArity <= Arguments::kMax);

napi_value loss_and_gradient(napi_env env, napi_callback_info info);
napi_value log_sum_exp(napi_env env, napi_callback_info info);

}  // namespace fixed_classifier
