import type { GradientBuffers } from "../backends/backend.js";
import { checkArray, outputArray, overlap } from "../checks.js";
import type { HeadShape } from "../codes/code.js";
import { readOptions } from "../options.js";
import type { LearnedArrays } from "./parameters.js";

/** Gradients of a loss L. */
export interface Gradient {
  /** ∂L/∂x, rows × features. */
  readonly features: Float32Array;
  /** ∂L/∂s summed over rows; null if the scale is not learned. */
  readonly scale: number | null;
  /** ∂L/∂b, one value a class, summed over rows; null if the head has no bias. */
  readonly bias: Float32Array | null;
  /** ∂L/∂W, classes × features, summed over rows; null but for the code "learned". */
  readonly weights: Float32Array | null;
}

/** Arrays to write the gradients to instead of new ones: long enough, and overlapping neither each other nor an input. */
export interface GradientOutput {
  /** At least rows × features. */
  features?: Float32Array;
  /** At least one element a class. */
  bias?: Float32Array;
  /** At least classes × features; for the code "learned" alone. */
  weights?: Float32Array;
}

const OUTPUTS = ["features", "bias", "weights"] as const satisfies (keyof GradientOutput)[];

export function checkGradLogits(
  gradLogits: unknown,
  rows: number,
  classes: number,
): asserts gradLogits is Float32Array {
  checkArray("gradLogits", gradLogits, "Float32Array");
  if (gradLogits.length !== rows * classes) {
    throw new RangeError(
      `gradLogits has ${gradLogits.length} elements, ${rows} rows of ${classes} classes need ${rows * classes}`,
    );
  }
}

/** Buffers for the gradients of some rows: the caller's own, checked, or new ones. */
export function gradientBuffers(
  head: HeadShape & LearnedArrays,
  rows: number,
  out: GradientOutput | undefined,
  inputs: readonly (ArrayBufferView | null)[],
): GradientBuffers {
  const given = readOptions<GradientOutput>("out", out, OUTPUTS);
  const features = outputArray("out.features", given.features, rows * head.features, inputs);
  const bias = head.bias && outputArray("out.bias", given.bias, head.classes, inputs);
  const weights =
    head.weights && outputArray("out.weights", given.weights, head.classes * head.features, inputs);
  const outputs = Object.entries({ features, bias, weights });
  outputs.forEach(([name, array], i) => {
    for (const [other, values] of outputs.slice(i + 1)) {
      if (array !== null && values !== null && overlap(array, values)) {
        throw new RangeError(`out.${name} overlaps out.${other}; use separate arrays`);
      }
    }
  });
  return { features, scale: new Float32Array(rows), bias, weights };
}

export const toGradient = (
  { features, scale, bias, weights }: GradientBuffers,
  learnScale: boolean,
): Gradient => ({ features, scale: learnScale ? sum(scale) : null, bias, weights });

/** Adds in float64, in the order of the rows: docs/numerics.md, "Sums over rows". */
export function sum(values: Float32Array | Float64Array): number {
  let total = 0;
  for (let i = 0; i < values.length; i++) total += values[i] as number;
  return total;
}
