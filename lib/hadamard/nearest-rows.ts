/** The signed rows of a Sylvester matrix that are nearest to the sub-vectors of a matrix. */

import { transform } from "../numerics/transform.js";
import type { SignedRows } from "./signed-rows.js";

const { abs } = Math;

/** Sums of so many as the largest width has stay finite below it. */
const LARGE = 2 ** 120;

/**
 * Rounds rows of `features` elements, which are finite: a row ρ of the matrix, or ρ + d for −h_ρ, for every sub-vector. The nearest has the
 * largest |entry| of the sub-vector's transform, in float32 as docs/numerics.md says; of several the lowest row, and + for an entry of 0.
 */
export function nearestRows(
  { width, count }: SignedRows,
  features: number,
  weights: Float32Array,
  out: Uint8Array,
): void {
  const t = new Float32Array(width);
  for (let start = 0, i = 0; start < weights.length; start += features) {
    for (let j = 0; j < count; j++) {
      const first = start + j * width;
      t.fill(0);
      t.set(weights.subarray(first, Math.min(first + width, start + features)));
      if (t.some((v) => abs(v) > LARGE)) for (let k = 0; k < width; k++) t[k] = (t[k] as number) / width;
      transform(t, 0, width);
      out[i++] = nearestEntry(t);
    }
  }
}

function nearestEntry(t: Float32Array): number {
  let row = 0;
  for (let k = 1; k < t.length; k++) if (abs(t[k] as number) > abs(t[row] as number)) row = k;
  return (t[row] as number) < 0 ? row + t.length : row;
}
