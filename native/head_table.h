// A head as the addon holds it: the tables that JavaScript hands over, checked and copied into a record.
#pragma once

#include <cstddef>

#include "arguments.h"
#include "executor.h"

namespace fixed_classifier {

// The tables that it refers to lie behind it in its record.
struct HeadData {
  Head head{};
  KroneckerFactor factor{};
  KroneckerFactor transposed_factor{};
  SignedRows signed_rows{};
  size_t scratch_bytes = 0;  // that a kernel works in, of whatever instruction set
  size_t additions = 0;      // of a forward pass of one row
};

// Reads `features, classes, order, unit, masks, segments, factorOrder, factorSigns, transposedSigns, columns`
// and makes a record of a HeadData. Returns null, with an exception pending, if the tables would lead a
// kernel out of its arrays.
napi_value make_head_record(napi_env env, Arguments& arguments, const Executor& executor);

// Does the same of `features, classes, width, unit, packed`.
napi_value make_signed_rows_record(napi_env env, Arguments& arguments, const Executor& executor);

}  // namespace fixed_classifier
