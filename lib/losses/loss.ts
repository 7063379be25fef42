/** What a loss is to the rest of the package. */

import { describe, typedArrayName } from "../checks.js";
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

/** A copy of some weights, one a class or row, in float32. */
export function checkWeights(what: string, value: unknown, length: number, one: string): Float32Array {
  const name = typedArrayName(value);
  if (!Array.isArray(value) && name !== "Float32Array" && name !== "Float64Array") {
    throw new TypeError(`${what} must be a Float32Array or an array of numbers, got ${describe(value)}`);
  }
  const values = value as ArrayLike<unknown>;
  if (values.length !== length) {
    throw new RangeError(`${what} has ${values.length} elements: one a ${one} is needed, ${length}`);
  }
  return Float32Array.from(values, (weight, i) => {
    if (typeof weight !== "number") {
      throw new TypeError(`${what}[${i}] must be a number, got ${describe(weight)}`);
    }
    const rounded = Math.fround(weight);
    if (!(rounded >= 0 && rounded < Infinity)) {
      throw new RangeError(`${what}[${i}] must be at least 0 and finite in float32, got ${weight}`);
    }
    return rounded;
  });
}
