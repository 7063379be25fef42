// The functions of JavaScript around the transform.
#pragma once

#include <napi.h>

#include "engine.h"

namespace fixed_classifier {

// Adds `fwht(x, rowLength, factor, base)`, `plan(x, rowLength, factor, base)` and `base(order, signs)`, which
// makes their last argument, to an object.
void add_transform(Napi::Object object, const Engine& engine);

// run(plan): one function for the plans of all objects. JavaScript calls what it has always called at that
// place faster than a function of each plan.
napi_value run_plan(napi_env env, napi_callback_info info);

}  // namespace fixed_classifier
