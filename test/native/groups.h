// The groups of kernels, one file each. The place for a new kernel is beside those that work on the same
// things.
#pragma once

#include "random.h"

namespace harness {

void test_transform(Random& random);
void test_factor(Random& random);
void test_columns(Random& random);
void test_rotation(Random& random);
void test_decode(Random& random);
void test_round(Random& random);
void test_head(Random& random);

}  // namespace harness
