/** A product code that was made of a dense layer, chosen again class by class by the rows of which the layer is not sure. */

import { expand, type Rounded } from "../codes/rounding.js";
import { Sweep } from "../codes/sweep.js";
import { signedRows } from "../hadamard/signed-rows.js";
import { exp } from "../numerics/math.js";
import type { Moments } from "../numerics/moments.js";
import { HeadCore } from "./core.js";
import type { CheckedDense } from "./dense-options.js";
import { forward } from "./logits.js";

const { fround, max, min, sqrt } = Math;

/** Temperature of the layer's softmax: rows that it was trained on are surer than those it will see. */
const TEMPERATURE = 2;
/** Rows of a class, those with the largest weights. */
const MOST_ROWS = 256;
/** Rows for which the layer is asked at once. */
const ROWS_AT_ONCE = 16;

/**
 * Improves `fitted` in place, and yields between classes: e = w − q of class c is made small by Σ_n p·(1 − p)·⟨e, x_n⟩², p the probability of
 * c for row n, which is to second order what the softmax loses, and by λ times the covariance, the more the fewer rows there are.
 *
 * @param rows rotated, as `dense.weights` are
 * @param moments whose covariance is symmetric, without damping
 * @param damping what was added to its diagonal
 */
export function* refine(
  dense: CheckedDense,
  fitted: Rounded,
  rows: Float32Array,
  { mean, covariance }: Moments,
  damping: number,
): Generator<void, void> {
  const { features, classes, weights } = dense;
  const { width, stages } = dense.code;
  const shape = signedRows(features, width, stages);
  const probabilities = yield* layerProbabilities(dense, rows);
  for (let c = 0; c < classes; c++) {
    const { assignment, magnitudes } = fitted;
    const own = assignment.subarray(c * stages * shape.count, (c + 1) * stages * shape.count);
    const of = magnitudes.subarray(c * stages, (c + 1) * stages);
    const entries = Float64Array.from(of, (magnitude) => magnitude / sqrt(features));
    const error = Float64Array.from(weights.subarray(c * features, (c + 1) * features));
    const vector = new Int8Array(features);
    for (let s = 0; s < stages; s++) {
      expand(own.subarray(s * shape.count, (s + 1) * shape.count), width, vector);
      for (let i = 0; i < features; i++) {
        error[i] = (error[i] as number) - (entries[s] as number) * (vector[i] as number);
      }
    }
    const chosen = unsureRows(probabilities, c, classes, rows, features, mean);
    const metric = { rows: chosen.rows, covariance, share: features / (8 * chosen.count), damping };
    if (chosen.count > 0) new Sweep(error, shape, metric, own, entries).run();
    entries.forEach((entry, s) => {
      of[s] = entry * sqrt(features);
    });
    yield;
  }
}

/** Softmax of the layer's logits by a temperature, rows × classes. */
function* layerProbabilities(dense: CheckedDense, rows: Float32Array): Generator<void, Float32Array> {
  const { features, classes, weights, bias, backend } = dense;
  const core = new HeadCore({ features, classes, code: "learned", bias: bias !== null, backend });
  core.weights?.set(weights);
  if (bias !== null) core.bias?.set(bias);
  const all = new Float32Array((rows.length / features) * classes);
  for (let start = 0; start < rows.length; start += ROWS_AT_ONCE * features) {
    const part = rows.subarray(start, start + ROWS_AT_ONCE * features);
    all.set(forward(core, part, null), (start / features) * classes);
    yield;
  }
  for (let r = 0; r < all.length; r += classes) {
    softmax(all.subarray(r, r + classes));
    yield;
  }
  return all;
}

function softmax(z: Float32Array): void {
  let most = -Infinity;
  for (let c = 0; c < z.length; c++) most = max(most, z[c] as number);
  let sum = 0;
  for (let c = 0; c < z.length; c++) {
    z[c] = most === -Infinity ? 0 : exp(fround(((z[c] as number) - most) / TEMPERATURE));
    sum += z[c] as number;
  }
  for (let c = 0; c < z.length; c++) z[c] = sum === 0 ? 0 : (z[c] as number) / sum;
}

/**
 * The rows with the largest weights p·(1 − p), from their mean and times the root of their part of the weights; `count` is how many rows of
 * the same weight say as much.
 */
function unsureRows(
  probabilities: Float32Array,
  c: number,
  classes: number,
  rows: Float32Array,
  features: number,
  mean: Float64Array,
): { rows: Float64Array; count: number } {
  const weights = new Float64Array(rows.length / features);
  let least = 0;
  for (let r = 0; r < weights.length; r++) {
    const p = probabilities[r * classes + c] as number;
    weights[r] = p * (1 - p);
  }
  if (weights.length > MOST_ROWS) least = weights.slice().sort()[weights.length - MOST_ROWS] as number;
  const above = weights.reduce((count, weight) => count + Number(weight > least), 0);
  let ties = MOST_ROWS - above;
  const kept = [...weights.keys()].filter((r) => {
    const weight = weights[r] as number;
    return weight > least || (weight > 0 && weight === least && ties-- > 0);
  });
  const total = kept.reduce((sum, r) => sum + (weights[r] as number), 0);
  if (!(total > 0)) return { rows: new Float64Array(0), count: 0 };
  const squares = kept.reduce((sum, r) => sum + (weights[r] as number) ** 2, 0);
  const own = new Float64Array(features);
  for (const r of kept) {
    const part = (weights[r] as number) / total;
    for (let i = 0; i < features; i++) {
      own[i] = (own[i] as number) + part * ((rows[r * features + i] as number) - (mean[i] as number));
    }
  }
  const scaled = new Float64Array(kept.length * features);
  kept.forEach((r, k) => {
    const root = sqrt((weights[r] as number) / total);
    for (let i = 0; i < features; i++) {
      const value = (rows[r * features + i] as number) - (mean[i] as number) - (own[i] as number);
      scaled[k * features + i] = root * value;
    }
  });
  return { rows: scaled, count: min(kept.length, (total * total) / squares) };
}
