/** Rounding to the vectors of a product code. */

import { nearestRows } from "../hadamard/nearest-rows.js";
import type { SignedRows } from "../hadamard/signed-rows.js";

const { sqrt } = Math;

/** Vectors that were rounded. */
export interface Rounded {
  /** Classes × stages × sub-vectors. */
  readonly assignment: Uint8Array;
  /** What each stage is multiplied by, classes × stages. */
  readonly magnitudes: Float32Array;
}

/**
 * Rounds the rows of `weights`, classes × features: each sub-vector to the nearest signed row, the next stage what the ones before it leave.
 * The magnitudes are those with which each stage comes nearest: docs/numerics.md. With `normalised` rows are divided by their norm first.
 *
 * @throws RangeError for weights that are not finite, with the class
 */
export function roundWithMagnitudes(
  weights: Float32Array,
  features: number,
  rows: SignedRows,
  normalised: boolean,
): Rounded {
  checkFiniteWeights(weights, features);
  const { count, stages } = rows;
  const classes = weights.length / features;
  const assignment = new Uint8Array(classes * stages * count);
  const magnitudes = new Float32Array(classes * stages);
  const rest = new Float32Array(features);
  const vector = new Int8Array(features);
  for (let c = 0; c < classes; c++) {
    rest.set(weights.subarray(c * features, (c + 1) * features));
    if (normalised) divideByNorm(rest);
    for (let stage = 0, at = c * stages; stage < stages; stage++, at++) {
      const of = assignment.subarray(at * count, (at + 1) * count);
      nearestRows(rows, features, rest, of);
      expand(of, rows.width, vector);
      const mean = dot(rest, vector) / features;
      magnitudes[at] = mean * sqrt(features);
      for (let i = 0; i < features; i++) rest[i] = (rest[i] as number) - mean * (vector[i] as number);
    }
  }
  return { assignment, magnitudes };
}

/** The same of one stage, without magnitudes; `kernel` is that of a backend which has one. */
export function roundToRows(
  weights: Float32Array,
  features: number,
  rows: SignedRows,
  kernel?: (weights: Float32Array, features: number, width: number, out: Uint8Array) => boolean,
): Uint8Array {
  const assignment = new Uint8Array((weights.length / features) * rows.count);
  if (kernel?.(weights, features, rows.width, assignment)) return assignment;
  checkFiniteWeights(weights, features);
  nearestRows(rows, features, weights, assignment);
  return assignment;
}

/**
 * A loop, for training rounds in every step.
 *
 * @throws RangeError for weights that are not finite, with the class
 */
function checkFiniteWeights(weights: Float32Array, features: number): void {
  for (let at = 0; at < weights.length; at++) {
    if (Number.isFinite(weights[at])) continue;
    const [c, i] = [Math.floor(at / features), at % features];
    throw new RangeError(`weights of class ${c} are not finite: feature ${i} is ${weights[at]}`);
  }
}

/** A row of zeros stays one. */
function divideByNorm(row: Float32Array): void {
  const norm = sqrt(dot(row, row));
  if (norm > 0) for (let i = 0; i < row.length; i++) row[i] = (row[i] as number) / norm;
}

/** In float64, from the first element to the last. */
function dot(a: Float32Array, b: Float32Array | Int8Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i] as number) * (b[i] as number);
  return sum;
}

/** Entry i of a signed row, ±1. */
export function signOf(row: number, i: number, width: number): number {
  let sign = row < width ? 1 : -1;
  for (let bits = row & i & (width - 1); bits !== 0; bits &= bits - 1) sign = -sign;
  return sign;
}

/** The entries ±1 of the signed rows of a vector. */
export function expand(rows: Uint8Array, width: number, vector: Int8Array): void {
  for (let i = 0; i < vector.length; i++) {
    vector[i] = signOf(rows[Math.floor(i / width)] as number, i, width);
  }
}

/**
 * A copy of the weights that `rotate` has rotated, checked before, for a rotation spreads what is not finite over the class.
 *
 * @throws RangeError for weights that are not finite, with the class
 */
export function rotatedWeights(
  weights: Float32Array,
  features: number,
  rotate: (weights: Float32Array) => void,
): Float32Array {
  checkFiniteWeights(weights, features);
  const copy = weights.slice();
  rotate(copy);
  return copy;
}
