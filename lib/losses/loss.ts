/** What a loss is to the rest of the package. */

import { checkArray, describe, typedArrayName } from "../checks.js";
import type { Margin } from "../numerics/margin.js";

/** What a loss may know of its head. */
export interface LossHead {
  readonly classes: number;
  /** The scale as it is now. */
  readonly scale: number;
  /** Whether rows are divided by their norm, so that logits are cosines times the scale. */
  readonly normalised: boolean;
}

/** A loss of which backends have a kernel: `lossAndGradient` of their heads. */
export interface FusedLoss {
  readonly kernel: "crossEntropy";
  readonly labelSmoothing: number;
  readonly classWeights: Float32Array | null;
  readonly margin: Margin | null;
}

/** A loss as a function of one row: turns the logits z into ∂L/∂z, and returns L. */
export type RowLoss = (z: Float32Array, label: number) => number;

/** An entry of the registry: all that the package has to know of a loss. */
export interface Loss {
  /** Names of its own options, which `lossAndGradient` takes beside `loss`. */
  readonly options: readonly string[];
  /**
   * The loss for certain options.
   *
   * @throws TypeError or RangeError for an option of the wrong type or out of range
   */
  prepare(options: Readonly<Record<string, unknown>>, head: LossHead): FusedLoss | RowLoss;
}

/** Some weights, one a class or row, in float32. */
export function checkWeights(what: string, value: unknown, length: number, one: string): Float32Array {
  const name = typedArrayName(value);
  if (!Array.isArray(value) && name !== "Float32Array" && name !== "Float64Array") {
    throw new TypeError(`${what} must be a Float32Array or an array of numbers, got ${describe(value)}`);
  }
  if (name !== undefined) checkArray(what, value, name as "Float32Array" | "Float64Array");
  const values = value as ArrayLike<unknown>;
  if (values.length !== length) {
    throw new RangeError(`${what} has ${values.length} elements: one a ${one} is needed, ${length}`);
  }
  const weights = name === "Float32Array" ? (value as Float32Array) : float32Of(what, values);
  const bad = firstUnfit(weights);
  if (bad >= 0) {
    throw new RangeError(`${what}[${bad}] must be at least 0 and finite in float32, got ${values[bad]}`);
  }
  return weights;
}

function float32Of(what: string, values: ArrayLike<unknown>): Float32Array {
  return Float32Array.from(values, (weight, i) => {
    if (typeof weight === "number") return weight;
    throw new TypeError(`${what}[${i}] must be a number, got ${describe(weight)}`);
  });
}

/** A loop over one type of arrays, which engines make ten times as fast as one over all. */
function firstUnfit(weights: Float32Array): number {
  for (let i = 0; i < weights.length; i++) {
    if (!((weights[i] as number) >= 0 && (weights[i] as number) < Infinity)) return i;
  }
  return -1;
}
