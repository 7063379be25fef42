import type { GradientBuffers } from "../backends/backend.js";
import { checkArray, checkIntegers, describe, outputArray, overlap } from "../checks.js";
import { readOptions } from "../options.js";
import type { HeadCore } from "./core.js";

/** Gradients of a loss L. */
export interface Gradient {
  /** ∂L/∂x, rows × features. */
  readonly features: Float32Array;
  /** ∂L/∂s summed over rows; null if the scale is not learned. */
  readonly scale: number | null;
  /** ∂L/∂b, one value a class, summed over rows; null if the head has no bias. */
  readonly bias: Float32Array | null;
  /**
   * ∂L/∂W, classes × features, summed over rows; null but for the code "learned", and for "product" where `weightGradient` asks for it: there W
   * has the class vectors of length 1 (or of their magnitudes) of z_c = s·⟨w_c, x̂⟩ + b_c.
   */
  readonly weights: Float32Array | null;
}

/** What `weightGradient` can ask for: true, all classes; or some of them, all different. */
export type WeightGradient = boolean | Int32Array | readonly number[];

/** Arrays to write the gradients to instead of new ones: long enough, and overlapping neither each other nor an input. */
export interface GradientOutput {
  /** At least rows × features. */
  features?: Float32Array;
  /** At least one element a class. */
  bias?: Float32Array;
  /** At least classes × features, or as many rows as `weightGradient` names classes; where there is such a gradient. */
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
  head: HeadCore,
  rows: number,
  out: GradientOutput | undefined,
  inputs: readonly (ArrayBufferView | null)[],
  weightGradient: WeightGradient = false,
): GradientBuffers {
  const chosen = checkWeightGradient(weightGradient, head);
  const given = readOptions<GradientOutput>("out", out, OUTPUTS);
  const features = outputArray("out.features", given.features, rows * head.features, inputs);
  const bias = head.bias && outputArray("out.bias", given.bias, head.classes, inputs);
  const vectors = chosen === false ? 0 : (chosen?.length ?? head.classes);
  const weights =
    chosen === false ? null : outputArray("out.weights", given.weights, vectors * head.features, inputs);
  const outputs = Object.entries({ features, bias, weights });
  outputs.forEach(([name, array], i) => {
    for (const [other, values] of outputs.slice(i + 1)) {
      if (array !== null && values !== null && overlap(array, values)) {
        throw new RangeError(`out.${name} overlaps out.${other}; use separate arrays`);
      }
    }
  });
  return { features, scale: new Float32Array(rows), bias, weights, weightClasses: chosen || null };
}

/** The classes whose vectors have a gradient; null: all; false: none. */
function checkWeightGradient(
  given: unknown,
  { classes, weights, code }: HeadCore,
): Int32Array | null | false {
  if (given === false) return weights === null ? false : null;
  if (code.name !== "product") {
    throw new TypeError(
      `weightGradient is for heads of code "product", got one of code "${code.name}", whose vectors ` +
        (weights === null ? "never change" : "always have a gradient"),
    );
  }
  if (given === true) return null;
  if (!Array.isArray(given) && !ArrayBuffer.isView(given)) {
    throw new TypeError(`weightGradient must be true, false or an array of classes, got ${describe(given)}`);
  }
  const chosen = checkIntegers("weightGradient", given, classes);
  if (chosen.length === 0)
    throw new RangeError("weightGradient is empty: name at least one class, or give false");
  const seen = new Set<number>();
  chosen.forEach((c, i) => {
    if (seen.size === seen.add(c).size) {
      throw new RangeError(`weightGradient[${i}] is ${c}, which it names before; name each class once`);
    }
  });
  return chosen;
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
