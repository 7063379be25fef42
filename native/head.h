// The functions of JavaScript on a head.
#pragma once

#include <node_api.h>

#include "executor.h"
#include "function.h"

namespace fixed_classifier {

// Adds `head(features, classes, order, unit, masks, segments, factorOrder, factorSigns, columns)` to an
// object.
void add_head(napi_env env, napi_value object, const Executor& executor);

// Adds `runForward(plan, scale)`, one function for the plans of all heads, as add_run does.
void add_run_forward(napi_env env, napi_value object);

extern const FunctionEntry kHead;
extern const FunctionEntry kRunForward;
// The functions of what `head` makes.
FunctionEntries head_functions();

}  // namespace fixed_classifier
