/** The signed rows of a Sylvester matrix that are nearest to the sub-vectors of a matrix. */

import type { SignedRows } from "./signed-rows.js";

const { abs, min } = Math;

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
      const there = min(width, start + features - first);
      let largest = 0;
      for (let k = 0; k < width; k++) {
        const v = k < there ? (weights[first + k] as number) : 0;
        t[k] = v;
        if (abs(v) > largest) largest = abs(v);
      }
      if (largest > LARGE) for (let k = 0; k < width; k++) t[k] = (t[k] as number) / width;
      out[i++] = nearestRow(t, width);
    }
  }
}

/** Of one sub-vector, which is transformed. Training rounds in every step, so this has loops of its own that know their type. */
function nearestRow(t: Float32Array, width: number): number {
  for (let h = width >>> 1; h > 0; h >>>= 1) {
    for (let k = 0; k < width; k++) {
      if ((k & h) !== 0) continue;
      const a = t[k] as number;
      const b = t[k + h] as number;
      t[k] = a + b;
      t[k + h] = a - b;
    }
  }
  let row = 0;
  let most = abs(t[0] as number);
  for (let k = 1; k < width; k++) {
    const entry = abs(t[k] as number);
    if (entry > most) {
      row = k;
      most = entry;
    }
  }
  return (t[row] as number) < 0 ? row + width : row;
}
