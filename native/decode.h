// The functions of JavaScript that make other types float32, and float32 those.
#pragma once

#include <node_api.h>

#include "function.h"
#include "kernels.h"

namespace fixed_classifier {

// Adds `decodeFloat16(x, out)`, `decodeBfloat16(x, out)` and `decodeInt8(x, out)` to an object, and
// `encodeFloat16(x, out)` and `encodeBfloat16(x, out)`, which round.
void add_decode(napi_env env, napi_value object, const Kernels& kernels);
FunctionEntries decode_functions();

}  // namespace fixed_classifier
