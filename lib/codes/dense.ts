/** Codes that keep their class vectors. */

import { log } from "../numerics/math.js";
import { randomStream, randomUniform } from "../random.js";
import type { DenseTable } from "../table.js";
import { type ClassCode, type Coherence, type HeadShape, once, scaleOf99Percent } from "./code.js";
import { defineCode, seedOption } from "./code-options.js";

/**
 * Options of the codes "orthogonal" and "learned".
 *
 * @group Options of codes and losses
 */
export interface SeedOptions {
  /** Seed of the vectors, those of "learned" where they start: an unsigned 32-bit integer. Default 0. */
  seed?: number;
}

/** The most entries of a matrix: 1 GiB. */
const MAX_ENTRIES = 2 ** 28;

function checkSize(name: string, features: number, classes: number): void {
  if (features * classes <= MAX_ENTRIES) return;
  throw new RangeError(
    `code "${name}" keeps a matrix of classes × features, at most ${MAX_ENTRIES} entries, got ${classes} × ${features}; ` +
      `at ${features} features it takes up to ${Math.floor(MAX_ENTRIES / features)} classes, code "hadamard" keeps none`,
  );
}

/** Steps of making orthonormal rows: a minute or two. */
const MAX_STEPS = 2 ** 36;

function checkSteps(features: number, classes: number): void {
  if (features * classes * Math.min(features, classes) <= MAX_STEPS) return;
  const most = Math.floor(
    Math.max(MAX_STEPS / features ** 2, Math.min(features, Math.sqrt(MAX_STEPS / features))),
  );
  throw new RangeError(
    `code "orthogonal" takes up to ${most} classes at ${features} features, more would take minutes to make, got ` +
      `${classes}; code "hadamard" has any number at once`,
  );
}

function storedCode(
  code: Pick<ClassCode, "name" | "options" | "normalised" | "initialScale">,
  { features, classes }: HeadShape,
  makeWeights: () => Float32Array,
): ClassCode {
  const table = once(
    (): DenseTable => ({
      kind: "dense",
      features,
      classes,
      weights: makeWeights(),
      normalised: code.normalised,
    }),
  );
  return {
    ...code,
    order: 0,
    blocks: 0,
    get table() {
      return table();
    },
    get coherence() {
      return denseCoherence(table());
    },
    initialBias: () => new Float32Array(classes),
  };
}

/** Random orthonormal rows, the first fixed classifier of the paper; N rows at a time, where there are more classes than features. */
export const orthogonal = defineCode<SeedOptions, Required<SeedOptions>>(
  "orthogonal",
  1,
  { seed: seedOption },
  ({ features, classes }, options) => {
    const { seed } = options;
    checkSize("orthogonal", features, classes);
    checkSteps(features, classes);
    const code = { name: "orthogonal", options, normalised: true, initialScale: scaleOf99Percent(classes) };
    return storedCode(code, { features, classes }, () => {
      const weights = new Float32Array(classes * features);
      for (let first = 0; first < classes; first += features) {
        const rows = Math.min(features, classes - first);
        weights.set(orthonormalRows(rows, features, randomStream(seed, first / features)), first * features);
      }
      return weights;
    });
  },
);

/** An ordinary dense layer, the baseline of every comparison: every entry is learned, rows are not normalised. */
export const learned = defineCode<SeedOptions, Required<SeedOptions>>(
  "learned",
  1,
  { seed: seedOption },
  ({ features, classes }, options) => {
    const { seed } = options;
    checkSize("learned", features, classes);
    const code = { name: "learned", options, normalised: false, initialScale: 1 };
    return storedCode(code, { features, classes }, () =>
      randomUniform(classes * features, 1 / Math.sqrt(features), seed),
    );
  },
);

/** Gram-Schmidt: a row depends only on those before it, so it stays when rows are added. */
function orthonormalRows(rows: number, width: number, next: () => number): Float64Array {
  const matrix = Float64Array.from({ length: rows * width }, gaussian(next));
  for (let r = 0; r < rows; r++) {
    const row = matrix.subarray(r * width, (r + 1) * width);
    let s = 0;
    for (; s + 4 <= r; s += 4) removeFour(row, matrix, s * width, width);
    for (; s < r; s++) removeOne(row, matrix, s * width, width);
    const norm = Math.sqrt(dot(row, row));
    for (let i = 0; i < width; i++) row[i] = (row[i] as number) / norm;
  }
  return matrix;
}

/** Takes from `row` its projection on the unit vector at matrix[at]. */
function removeOne(row: Float64Array, matrix: Float64Array, at: number, width: number): void {
  let along = 0;
  for (let i = 0; i < width; i++) along += (row[i] as number) * (matrix[at + i] as number);
  for (let i = 0; i < width; i++) row[i] = (row[i] as number) - along * (matrix[at + i] as number);
}

/**
 * Takes from `row` its projections on four orthogonal vectors that follow each other: one pass over `row` for all, and sums that do not
 * wait for another.
 */
function removeFour(row: Float64Array, matrix: Float64Array, at: number, width: number): void {
  const [b, c, d] = [at + width, at + 2 * width, at + 3 * width];
  let [p, q, r, s] = [0, 0, 0, 0];
  for (let i = 0; i < width; i++) {
    const v = row[i] as number;
    p += v * (matrix[at + i] as number);
    q += v * (matrix[b + i] as number);
    r += v * (matrix[c + i] as number);
    s += v * (matrix[d + i] as number);
  }
  for (let i = 0; i < width; i++) {
    const first = p * (matrix[at + i] as number) + q * (matrix[b + i] as number);
    row[i] = (row[i] as number) - (first + r * (matrix[c + i] as number) + s * (matrix[d + i] as number));
  }
}

/** Standard normal numbers by Marsaglia's polar method. The package's own logarithm has the same bits in every engine. */
function gaussian(next: () => number): () => number {
  const uniform = (): number => (next() + 0.5) / 2 ** 31 - 1;
  return () => {
    for (;;) {
      const [u, v] = [uniform(), uniform()];
      const s = u * u + v * v;
      if (s > 0 && s < 1) return u * Math.sqrt((-2 * log(s)) / s);
    }
  };
}

function dot(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i] as number) * (b[i] as number);
  return sum;
}

function denseCoherence({ features, classes, weights }: DenseTable): Coherence {
  const rows = Array.from({ length: classes }, (_, c) => {
    const row = Float64Array.from(weights.subarray(c * features, (c + 1) * features));
    const norm = Math.sqrt(dot(row, row));
    return row.map((v) => v / norm);
  });
  let absolute = 0;
  let signed = -1;
  rows.forEach((a, i) => {
    for (const b of rows.slice(0, i)) {
      const cosine = dot(a, b);
      signed = Math.max(signed, cosine);
      if (cosine > OPPOSITE) absolute = Math.max(absolute, Math.abs(cosine));
    }
  });
  return { absolute, signed };
}

/** Rounding keeps a pair from being exactly opposite. */
const OPPOSITE = -1 + 1e-12;
