#include "round.h"

#include "arguments.h"

namespace fixed_classifier {
namespace {

using RoundKernel = decltype(Kernels::nearest_rows);

napi_value nearest_rows(napi_env env, napi_callback_info info) {
  Arguments arguments(env, info);
  const TypedArray<float> weights = arguments.array<float>();
  const size_t features = arguments.size();
  const size_t width = arguments.size();
  const TypedArray<uint8_t> out = arguments.array<uint8_t>();
  const bool possible = features > 0 && width >= 2 && width <= 32 && (width & (width - 1)) == 0;
  const size_t rows = possible ? weights.length / features : 0;
  const bool fits = possible && weights.length == rows * features &&
                    out.length == rows * (features / width + (features % width != 0));
  if (!arguments.check(fits)) return nullptr;
  bool finite = true;
  arguments.data<RoundKernel>()(weights.data, rows, features, width, out.data, &finite);
  napi_value result = nullptr;
  napi_get_boolean(env, finite, &result);
  return result;
}

constexpr FunctionEntry kFunctions[] = {{"nearestRows", 4, nearest_rows}};

}  // namespace

void add_round(napi_env env, napi_value object, const Kernels& kernels) {
  add_function(env, object, kFunctions[0], kernels.nearest_rows);
}

FunctionEntries round_functions() { return kFunctions; }

}  // namespace fixed_classifier
