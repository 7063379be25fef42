/**
 * What nearly all calls are, told in a few steps. The interpreter, which runs the first thousands of calls, takes longer for all checks than a
 * kernel does for a row; so what is usual goes by these, and only the rest by the checks, which say what is wrong.
 */

import { typedArrayLength, typedArrayName } from "../checks.js";
import type { HeadShape } from "../codes/code.js";
import type { LearnedArrays } from "./parameters.js";

/** The number of rows of float32 in x; 0 for all else, and where parameters of the head are detached, or class vectors learned. */
export function usualRows(
  { features, classes, bias, weights }: HeadShape & LearnedArrays,
  x: unknown,
): number {
  if (typedArrayName(x) !== "Float32Array" || weights !== null) return 0;
  if (bias !== null && typedArrayLength(bias) !== classes) return 0;
  const rows = typedArrayLength(x as Float32Array) / features;
  return Number.isInteger(rows) ? rows : 0;
}
