import { typedArrayName } from "../../checks.js";
import type { KroneckerFactor } from "../../hadamard/factor.js";
import { transform } from "../../numerics/transform.js";
import type { TransformArray } from "../backend.js";
import { factorStage } from "./factor.js";

/** The transform of `x[start … start + n)`, n of any order. The stage of the factor comes first and leaves no padding. */
export function transformRow(
  x: TransformArray,
  start: number,
  n: number,
  support: number,
  factor: KroneckerFactor | null,
): void {
  if (factor === null) {
    transform(x, start, n, support);
    return;
  }
  const length = n / factor.order;
  factorStage(x, start, length, factor);
  for (let stretch = start; stretch < start + n; stretch += length) transform(x, stretch, length);
}

/** Transforms every row in turn, then multiplies. */
export function fwht(
  x: TransformArray,
  rowLength: number,
  multiplier: number,
  factor: KroneckerFactor | null,
): void {
  for (let start = 0; start < x.length; start += rowLength)
    transformRow(x, start, rowLength, rowLength, factor);
  multiply(x, multiplier);
}

/** The scale of a finished transform. */
export function multiply(x: TransformArray, multiplier: number): void {
  if (multiplier === 1) return;
  // The name is asked: `instanceof` is false for an array of another realm.
  const type = typedArrayName(x);
  if (type === "Int32Array") {
    // The quotient in float64 is never rounded up to the next integer: that is at least 1 / divisor away.
    const divisor = Math.round(1 / multiplier);
    for (let i = 0; i < x.length; i++) x[i] = Math.floor((x[i] as number) / divisor);
  } else {
    const rounded = type === "Float32Array" ? Math.fround(multiplier) : multiplier;
    for (let i = 0; i < x.length; i++) x[i] = (x[i] as number) * rounded;
  }
}
