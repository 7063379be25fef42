// The functions of JavaScript that transform columns.
#pragma once

#include <node_api.h>

#include "executor.h"
#include "function.h"

namespace fixed_classifier {

// Adds `columns(x, length, inner, multiplier, factor)` to an object, where x is blocks of `length` rows of
// `inner` elements, and `planColumns`, which makes of the same arguments what `run` of transform.h runs.
void add_columns(napi_env env, napi_value object, const Executor& executor);
FunctionEntries columns_functions();

// Runs what `planColumns` made; false, with nothing done, for anything else.
bool run_columns(napi_env env, napi_value plan);

}  // namespace fixed_classifier
