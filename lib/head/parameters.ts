import type { HeadParameters } from "../backends/backend.js";
import { checkFinite, typedArrayLength } from "../checks.js";
import type { HeadShape } from "../codes/code.js";

/** What is learned of a head, but for the scale. */
export interface LearnedArrays {
  /** One value a class; null without bias. */
  readonly bias: Float32Array | null;
  /** classes × features; null but for the code "learned". */
  readonly weights: Float32Array | null;
}

/** The scale as a head keeps it: in float32. */
export function checkScale(value: unknown): number {
  checkFinite("scale", value);
  const rounded = Math.fround(value);
  if (!Number.isFinite(rounded)) throw new RangeError(`scale must be finite in float32, got ${value}`);
  return rounded;
}

/** Scale and bias as kernels take them. The user holds the arrays too, and may have transferred them. */
export function checkParameters(
  { features, classes, bias, weights }: HeadShape & LearnedArrays,
  scale: number,
): HeadParameters {
  if (bias !== null && typedArrayLength(bias) !== classes) {
    throw new TypeError("head.bias is detached: its buffer was transferred; make a new head");
  }
  if (weights !== null && typedArrayLength(weights) !== classes * features) {
    throw new TypeError("head.weights is detached: its buffer was transferred; make a new head");
  }
  return { scale, bias };
}

/** Starts a head's arrays with the values of another of no more classes. */
export function copyParameters(from: LearnedArrays, to: LearnedArrays): void {
  if (from.bias !== null) to.bias?.set(from.bias);
  if (from.weights !== null) to.weights?.set(from.weights);
}
