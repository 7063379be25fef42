/** Rounding to the vectors of a product code. */

import { nearestRows } from "../hadamard/nearest-rows.js";
import type { SignedRows } from "../hadamard/signed-rows.js";

/**
 * Classes × sub-vectors of `weights`, classes × features: the nearest signed row of each.
 *
 * @throws RangeError for weights that are not finite, with the class
 */
export function roundToRows(weights: Float32Array, features: number, rows: SignedRows): Uint8Array {
  checkFinite(weights, features);
  const rounded = new Uint8Array((weights.length / features) * rows.count);
  nearestRows(rows, features, weights, rounded);
  return rounded;
}

/** A loop, for training rounds in every step. */
function checkFinite(weights: Float32Array, features: number): void {
  for (let at = 0; at < weights.length; at++) {
    if (Number.isFinite(weights[at])) continue;
    const [c, i] = [Math.floor(at / features), at % features];
    throw new RangeError(`weights of class ${c} are not finite: feature ${i} is ${weights[at]}`);
  }
}
