import { checkFeatures, FEATURE_OPTIONS, type FeatureOptions, type Features } from "../features.js";
import { readOptions } from "../options.js";
import type { HeadCore } from "./core.js";
import {
  checkGradLogits,
  type Gradient,
  type GradientOutput,
  gradientBuffers,
  toGradient,
  type WeightGradient,
} from "./gradients.js";

/** Options of `backward`. */
export interface BackwardOptions extends FeatureOptions {
  /** Arrays to write the gradients to. */
  out?: GradientOutput;
  /** Of which class vectors of the code "product" there shall be a gradient. Default false: none. */
  weightGradient?: WeightGradient;
}

export function backward(
  core: HeadCore,
  x: Features,
  gradLogits: Float32Array,
  options: BackwardOptions | null | undefined,
): Gradient {
  const given = readOptions("backward", options, ["out", "weightGradient"], FEATURE_OPTIONS);
  const input = checkFeatures(x, core.features, given);
  checkGradLogits(gradLogits, input.rows, core.classes);
  const buffers = gradientBuffers(
    core,
    input.rows,
    given.out,
    [...core.inputs(x), gradLogits],
    given.weightGradient,
  );
  core.kernels.backward(core.decoder.all(input, core.kernels), core.parameters(), gradLogits, buffers);
  core.decoder.unscale(input, buffers.features);
  return toGradient(buffers, core.settings.learnScale);
}
