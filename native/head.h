// A head as JavaScript holds it: its tables, its scratch memory and the functions on them.
#pragma once

#include <napi.h>

#include "engine.h"

namespace fixed_classifier {

// Adds `head(features, classes, order, unit, masks, segments, base, baseSigns, columns)` to an object.
void add_head(Napi::Object object, const Engine& engine);

// runForward(plan, scale), as run_plan.
napi_value run_forward(napi_env env, napi_callback_info info);

}  // namespace fixed_classifier
