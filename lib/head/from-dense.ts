/** A trained dense layer as a head of a product code, without training. */

import { fitStages } from "../codes/fit-stages.js";
import { expand, type Rounded } from "../codes/rounding.js";
import { signedRows } from "../hadamard/signed-rows.js";
import { type BlockTriangle, blockTriangle, cholesky } from "../numerics/cholesky.js";
import { MomentSums, type Moments } from "../numerics/moments.js";
import { rotationTable } from "../rotation-table.js";
import {
  type CheckedDense,
  checkCalibrationRows,
  checkDense,
  checkPiece,
  checkRefinedRows,
  checkUnchanged,
  type DenseLayer,
  type FromDenseOptions,
} from "./dense-options.js";
import type { DecodedHead } from "./file.js";
import type { LearnedArrays } from "./parameters.js";
import { refine } from "./refine.js";
import { type HeadConstructor, restore } from "./restore.js";
import { Turns } from "./turns.js";

const { sqrt } = Math;

/** Calibration rows that are copied and rotated at once. */
const ROWS_AT_ONCE = 64;
/** Rows are few, and what they say of features that were not seen is uncertain even where Ledoit and Wolf find it certain. */
const LEAST_DAMPING = 0.2;

type Rotator = (rows: Float32Array) => void;

export async function fromDense<Head extends LearnedArrays>(
  Constructor: HeadConstructor<Head>,
  layer: DenseLayer,
  options: FromDenseOptions,
): Promise<Head> {
  const dense = checkDense(layer, options);
  return restore(Constructor, await fitDense(dense), { backend: dense.backend });
}

/** What a head is restored from. `dense.weights` are its own, and are rotated. */
async function fitDense(dense: CheckedDense): Promise<DecodedHead> {
  const { features, classes, weights, bias, backend, calibration } = dense;
  const { width, stages, rotation } = dense.code;
  const kernels = rotation === false ? null : backend.rotation(rotationTable(features, rotation, 1));
  const rotate: Rotator = (rows) => kernels?.rotate(rows, false);
  const turns = new Turns();
  const kept: Float32Array[] = [];
  const keep = (rows: Float32Array): void => {
    if (dense.refine) kept.push(rows);
  };
  const moments = calibration && (await momentsOf(calibration, dense, rotate, keep, turns));
  rotate(weights);
  const rows = signedRows(features, width, stages);
  const damping = moments === null ? 0 : dampingOf(moments, features, dense.damping);
  const refined = dense.refine && moments && symmetric(moments, features);
  const triangle = moments && (await triangleOf(moments, dense, damping, turns));
  const fitted = await turns.run(
    fitStages(classes, features, rows, triangle, (first, end) =>
      weights.subarray(first * features, end * features),
    ),
  );
  if (refined && damping < Infinity) await turns.run(refine(dense, fitted, joined(kept), refined, damping));
  return {
    settings: {
      features,
      classes,
      code: { ...dense.code, name: "product", normalised: false, ...fitted },
      learnScale: true,
    },
    scale: 1,
    bias: moments === null ? bias : await turns.run(fittedBias(dense, fitted, moments.mean)),
    weights: null,
  };
}

function joined(pieces: readonly Float32Array[]): Float32Array {
  const all = new Float32Array(pieces.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const piece of pieces) {
    all.set(piece, at);
    at += piece.length;
  }
  return all;
}

async function momentsOf(
  calibration: Iterable<unknown> | AsyncIterable<unknown>,
  { features, classes, refine: refined }: CheckedDense,
  rotate: Rotator,
  keep: Rotator,
  turns: Turns,
): Promise<Moments> {
  const sums = new MomentSums(features);
  let index = 0;
  for await (const given of calibration) {
    const piece = checkPiece(given, index, features);
    const { length } = piece;
    const step = ROWS_AT_ONCE * features;
    for (let start = 0; start < length; start += step) {
      // In the pauses others may change the piece: the copy is what is checked.
      checkUnchanged(piece, index, length);
      const rows = piece.slice(start, start + step);
      checkCalibrationRows(rows, sums.rows, features);
      rotate(rows);
      keep(rows);
      await turns.run(sums.add(rows));
      if (refined) checkRefinedRows(sums.rows, classes);
    }
    index++;
  }
  if (sums.rows < 2) {
    throw new RangeError(
      `calibration has ${sums.rows} rows of ${features} features: 2 are needed, a thousand are better`,
    );
  }
  return turns.run(sums.finish());
}

/** What is added to the diagonal of the covariance; not finite: nothing is known of it. */
function dampingOf({ covariance, shrinkage }: Moments, features: number, given: number | null): number {
  let trace = 0;
  for (let i = 0; i < features; i++) trace += covariance[i * features + i] as number;
  if (trace === 0) return Infinity;
  // (1 − ρ)·S + ρ·m·I, divided by 1 − ρ.
  return ((given ?? shrinkage / (1 - shrinkage) + LEAST_DAMPING) * trace) / features;
}

/** A copy whose covariance has both of its triangles. */
function symmetric(moments: Moments, features: number): Moments {
  const covariance = moments.covariance.slice();
  for (let i = 0; i < features; i++) {
    for (let k = 0; k < i; k++) covariance[k * features + i] = covariance[i * features + k] as number;
  }
  return { ...moments, covariance };
}

/** The covariance with its damping as a product of triangles; null: it is the identity, but for a factor. */
async function triangleOf(
  { covariance }: Moments,
  { features, code: { width }, damping: given }: CheckedDense,
  damping: number,
  turns: Turns,
): Promise<BlockTriangle | null> {
  if (damping === Infinity) return null;
  for (let i = 0; i < features; i++) {
    covariance[i * features + i] = (covariance[i * features + i] as number) + damping;
  }
  if (!(await turns.run(cholesky(covariance, features)))) {
    const by = given === null ? "the damping that is the default" : `damping ${given}`;
    throw new RangeError(
      `with ${by} the covariance of the calibration rows cannot be factored; use a larger one`,
    );
  }
  return blockTriangle(covariance, features, width);
}

/** The bias with which the mean logit of every class over the calibration rows is that of the dense layer. Yields after each class. */
function* fittedBias(
  dense: CheckedDense,
  { assignment, magnitudes }: Rounded,
  mean: Float64Array,
): Generator<void, Float32Array> {
  const { features, classes, weights, bias } = dense;
  const { width, stages } = dense.code;
  const { count } = signedRows(features, width, stages);
  const vector = new Int8Array(features);
  const fitted = new Float32Array(classes);
  for (let c = 0; c < classes; c++) {
    let lost = 0;
    for (let i = 0; i < features; i++) lost += (weights[c * features + i] as number) * (mean[i] as number);
    for (let s = c * stages; s < (c + 1) * stages; s++) {
      expand(assignment.subarray(s * count, (s + 1) * count), width, vector);
      let product = 0;
      for (let i = 0; i < features; i++) product += (vector[i] as number) * (mean[i] as number);
      lost -= ((magnitudes[s] as number) / sqrt(features)) * product;
    }
    const given = bias?.[c] ?? 0;
    fitted[c] = given + lost;
    if (!Number.isFinite(fitted[c]) && given !== -Infinity) {
      throw new RangeError(
        `the bias of class ${c} would be ${given + lost}, beyond float32; divide the features or the weights by a power of two`,
      );
    }
    yield;
  }
  return fitted;
}
