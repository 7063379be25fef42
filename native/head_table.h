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
  size_t shared_words = 0;   // of signed rows that are those of an array which the record keeps; 0: its own
  bool normalised = true;    // whether rows are divided by their norm, if the call does not say otherwise
  size_t scratch_bytes = 0;  // that a kernel works in, of whatever instruction set
  size_t additions = 0;      // of a forward pass of one row
};

// Reads `features, classes, order, unit, masks, segments, factorOrder, factorSigns, transposedSigns, columns`
// and makes a record of a HeadData. Returns null, with an exception pending, if the tables would lead a
// kernel out of its arrays.
napi_value make_head_record(napi_env env, Arguments& arguments, const Executor& executor);

// Does the same of `features, classes, width, unit, packed, stages, magnitudes, normalised`.
napi_value make_signed_rows_record(napi_env env, Arguments& arguments, const Executor& executor);

// Whether the array whose words the head shares is still there: JavaScript may have transferred it.
bool has_words(napi_env env, napi_value record, const HeadData& data);

// Gives the head words of its own, for work during which JavaScript goes on. Returns false, with an exception
// pending, if there is no memory for them.
bool copy_words(napi_env env, napi_value record);

}  // namespace fixed_classifier
