// The functions of JavaScript around the transform.
#pragma once

#include <napi.h>

#include "engine.h"

namespace fixed_classifier {

// Adds `fwht(x, rowLength, factor, base)`, `plan(x, rowLength, factor, base)` and `base(order, signs)`, which
// makes their last argument, to an object.
void add_transform(Napi::Object object, const Engine& engine);

}  // namespace fixed_classifier
