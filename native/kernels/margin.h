// The logit of a label whose cosine is lowered by a margin: docs/numerics.md, "Margins".
#pragma once

#include "math.h"
#include "table.h"

namespace {

using fixed_classifier::Margin;

// The least sin²θ that a gradient is divided by.
constexpr double kLeastSquaredSine = 1e-12;

// What takes the place of the cosine of a label.
struct LoweredCosine {
  double value;
  double slope;  // its derivative by the cosine

  LoweredCosine(double c, const Margin& margin) {
    const double squared_sine = 1 - c * c;
    const double sine = __builtin_sqrt(squared_sine > kLeastSquaredSine ? squared_sine : kLeastSquaredSine);
    if (c > -margin.cos_of_angle) {
      value = c * margin.cos_of_angle - sine * margin.sin_of_angle - margin.cosine;
      slope = margin.cos_of_angle + c * margin.sin_of_angle / sine;
    } else {
      value = c - margin.beyond - margin.cosine;
      slope = 1;
    }
  }
};

}  // namespace
