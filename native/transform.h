// The functions of JavaScript around the transform.
#pragma once

#include <node_api.h>

#include "executor.h"
#include "function.h"

namespace fixed_classifier {

// Adds `fwht(x, rowLength, multiplier, factor)`, `plan(x, rowLength, multiplier, factor)` and `factor(order,
// signs)`, which makes their last argument, to an object.
void add_transform(napi_env env, napi_value object, const Executor& executor);

// Adds `run(plan)`, one function for the plans of all objects. JavaScript calls what it has always called at
// that place faster than a function of each plan.
void add_run(napi_env env, napi_value object);

extern const FunctionEntry kRun;
// What add_transform adds.
FunctionEntries transform_functions();

}  // namespace fixed_classifier
