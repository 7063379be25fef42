/** Class vectors of a dense layer as those of a product code. */

import type { SignedRows } from "../hadamard/signed-rows.js";
import type { BlockTriangle } from "../numerics/cholesky.js";
import { CLASSES_AT_ONCE, ErrorFeedback } from "./error-feedback.js";
import { type Rounded, roundWithMagnitudes } from "./rounding.js";

const { min, sqrt } = Math;

/** Each round is with the magnitudes that fit the one before. The second makes the error 5 to 7 % less, a third hardly any more. */
const ROUNDS = 2;

/**
 * Rounds the rows of `weights`, classes × features, with error feedback, and fits a magnitude to each stage of each class. Yields now and
 * then.
 *
 * @param classesAt some classes, rotated: at most CLASSES_AT_ONCE from the first on
 */
export function* fitStages(
  classes: number,
  features: number,
  rows: SignedRows,
  triangle: BlockTriangle | null,
  classesAt: (first: number, end: number) => Float32Array,
): Generator<void, Rounded> {
  const { stages, count } = rows;
  const feedback = new ErrorFeedback(features, rows, triangle);
  const assignment = new Uint8Array(classes * stages * count);
  const magnitudes = new Float32Array(classes * stages);
  const weights = new Float32Array(CLASSES_AT_ONCE * features);
  const of = new Uint8Array(CLASSES_AT_ONCE * stages * count);
  for (let first = 0; first < classes; first += CLASSES_AT_ONCE) {
    const end = min(first + CLASSES_AT_ONCE, classes);
    weights.fill(0);
    weights.set(classesAt(first, end));
    // Magnitudes of a code are of vectors of length 1.
    const start = roundWithMagnitudes(weights, features, rows, false).magnitudes;
    const entries = Float64Array.from(start, (magnitude) => magnitude / sqrt(features));
    for (let round = 0; round < ROUNDS; round++) yield* feedback.round(weights, entries, of);
    assignment.set(of.subarray(0, (end - first) * stages * count), first * stages * count);
    for (let k = 0; k < (end - first) * stages; k++) {
      magnitudes[first * stages + k] = (entries[k] as number) * sqrt(features);
    }
  }
  return { assignment, magnitudes };
}
