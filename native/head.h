// The functions of JavaScript on heads.
#pragma once

#include <node_api.h>

#include <memory>

#include "executor.h"
#include "function.h"
#include "scratch.h"

namespace fixed_classifier {

// The functions share it, and it ends with them.
using ScratchOwner = std::shared_ptr<SharedScratch>;

// Adds `head(features, classes, order, unit, masks, segments, factorOrder, factorSigns, columns)`, which
// makes a head, and the functions that take one to an object. All heads of an environment work in `scratch`.
void add_head(napi_env env, napi_value object, const Executor& executor, const ScratchOwner& scratch);

// Adds `runForward(plan, scale)`, one function for the plans of all heads, as add_run does.
void add_run_forward(napi_env env, napi_value object, const ScratchOwner& scratch);

extern const FunctionEntry kRunForward;
// What add_head adds.
FunctionEntries head_functions();

}  // namespace fixed_classifier
