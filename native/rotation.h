// The functions of JavaScript around rotations.
#pragma once

#include <node_api.h>

#include "executor.h"
#include "function.h"

namespace fixed_classifier {

// Adds `rotation(length, order, rounds, masks, factor, transposed)`, whose last two arguments `factor` makes,
// and what takes its result: `rotate(x, rotation, inverse)` and `planRotation(x, rotation, inverse)`.
void add_rotation(napi_env env, napi_value object, const Executor& executor);

// Adds `runRotation(plan)`, one function for the plans of all objects.
void add_run_rotation(napi_env env, napi_value object);

extern const FunctionEntry kRunRotation;
// What add_rotation adds.
FunctionEntries rotation_functions();

}  // namespace fixed_classifier
