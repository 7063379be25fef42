import type { HeadParameters } from "../backends/backend.js";
import { checkFinite, describe, typedArrayLength } from "../checks.js";
import type { HeadShape } from "../codes/code.js";

/** What is learned of a head, but for the scale. */
export interface LearnedArrays {
  /** One value a class; null without bias. */
  readonly bias: Float32Array | null;
  /** classes × features; null but for the code "learned". */
  readonly weights: Float32Array | null;
}

/** The scale as a head keeps it: in float32. NaN and ±Infinity are what a training that has diverged gives, and are kept. */
export function checkScale(value: unknown): number {
  if (typeof value !== "number") throw new TypeError(`scale must be a number, got ${describe(value)}`);
  const rounded = Math.fround(value);
  if (Number.isFinite(value) && !Number.isFinite(rounded)) {
    throw new RangeError(`scale must be within the range of float32, got ${value}`);
  }
  return rounded;
}

/** A scale to start with, which must be finite. */
export function checkInitialScale(value: unknown): number {
  const scale = checkScale(value);
  checkFinite("scale", scale);
  return scale;
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
export function copyParameters<To extends LearnedArrays>(from: LearnedArrays, to: To): To {
  if (from.bias !== null) to.bias?.set(from.bias);
  if (from.weights !== null) to.weights?.set(from.weights);
  return to;
}
