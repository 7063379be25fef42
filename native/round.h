// The function of JavaScript that rounds weights to signed rows.
#pragma once

#include <node_api.h>

#include "function.h"
#include "kernels.h"

namespace fixed_classifier {

// Adds `nearestRows(weights, features, width, out)` to an object.
void add_round(napi_env env, napi_value object, const Kernels& kernels);
FunctionEntries round_functions();

}  // namespace fixed_classifier
