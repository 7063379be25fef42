/** Rounding of a dense layer's class vectors, against the formulas with whole matrices. */

import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { CLASSES_AT_ONCE, ErrorFeedback } from "../../lib/codes/error-feedback.js";
import { fitStages } from "../../lib/codes/fit-stages.js";
import type { Rounded } from "../../lib/codes/rounding.js";
import { StageChoice } from "../../lib/codes/stages.js";
import { type SignedRows, signedRows } from "../../lib/hadamard/signed-rows.js";
import { type BlockTriangle, blockTriangle, cholesky } from "../../lib/numerics/cholesky.js";
import { doubles, floats } from "../support/random.js";
import { entry } from "../support/reference.js";

const { abs, ceil, floor, max, min, sqrt } = Math;
const WIDTHS = [2, 4, 8, 16, 32] as const;

type Vector = number[];
type Matrix = Vector[];

function run<T>(steps: Generator<void, T>): T {
  let step = steps.next();
  while (!step.done) step = steps.next();
  return step.value;
}

const dot = (a: ArrayLike<number>, b: ArrayLike<number>): number => {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i] as number) * (b[i] as number);
  return sum;
};
const times = (a: Matrix, x: ArrayLike<number>): Vector => a.map((row) => dot(row, x));
const form = (a: Matrix, x: ArrayLike<number>): number => dot(x, times(a, x));
const minus = (a: ArrayLike<number>, b: ArrayLike<number>): Vector =>
  Array.from(a, (value, i) => value - (b[i] as number));

/** A positive definite matrix, some of whose directions matter much more than others. */
function positive(n: number, seed: number): Matrix {
  const rows = Array.from({ length: n }, (_, k) => Array.from(doubles(n, seed + k), (v) => v / (1 + k / 4)));
  return Array.from({ length: n }, (_, i) =>
    Array.from({ length: n }, (_, j) =>
      rows.reduce((sum, row) => sum + (row[i] as number) * (row[j] as number), i === j ? 0.1 : 0),
    ),
  );
}

function triangleOf(a: Matrix, width: number): BlockTriangle {
  const g = Float64Array.from(a.flat());
  run(cholesky(g, a.length));
  return blockTriangle(g, a.length, width);
}

/** The signed row that a number of an assignment means, cut to a size. */
const rowOf = (row: number, width: number, size: number): Vector =>
  Array.from({ length: size }, (_, i) => (row < width ? 1 : -1) * entry(row % width, i));

/** Stage by stage the vector ±1 of a class. */
const stagesOf = (
  of: ArrayLike<number>,
  c: number,
  { width, stages, count }: SignedRows,
  n: number,
): Matrix =>
  Array.from({ length: stages }, (_, s) =>
    Array.from({ length: n }, (_, i) => {
      const row = of[(c * stages + s) * count + floor(i / width)] as number;
      return (row < width ? 1 : -1) * entry(row % width, i % width);
    }),
  );

const sumOf = (vectors: Matrix, magnitudes: ArrayLike<number>, n: number): Vector =>
  Array.from({ length: n }, (_, i) =>
    vectors.reduce((sum, vector, s) => sum + (magnitudes[s] as number) * (vector[i] as number), 0),
  );

describe("the rows of a sub-vector", () => {
  const cases = fc
    .record({
      width: fc.constantFrom(2, 4, 8, 16),
      stages: fc.integer({ min: 1, max: 3 }),
      cut: fc.integer({ min: 0, max: 7 }),
      seed: fc.nat(1e6),
    })
    .map(({ width, stages, cut, seed }) => {
      const size = max(1, width - cut);
      const metric = positive(size, seed);
      const magnitudes = [1, 0.5, 0.3].slice(0, stages);
      const choice = new StageChoice(width, size, Float64Array.from(metric.flat()));
      const target = doubles(size + 3, seed + 100);
      const out = new Uint8Array(2 + stages * 5).fill(99);
      choice.choose(target, 3, Float64Array.of(7, ...magnitudes), 1, stages, out, 2, 5);
      const chosen = magnitudes.map((_, s) => out[2 + 5 * s] as number);
      const error = (rows: Vector): number => {
        const vectors = rows.map((row) => rowOf(row, width, size));
        return form(metric, minus(target.subarray(3), sumOf(vectors, magnitudes, size)));
      };
      return { width, chosen, error };
    });

  test("cannot be bettered by another row of one stage", () => {
    fc.assert(
      fc.property(cases, ({ width, chosen, error }) => {
        const least = error(chosen);
        for (let s = 0; s < chosen.length; s++) {
          for (let row = 0; row < 2 * width; row++) {
            expect(error(chosen.with(s, row))).toBeGreaterThan(least - 1e-9 * (1 + least));
          }
        }
      }),
    );
  });

  test("are the lowest, and +, where all are as good", () => {
    const identity = Float64Array.from({ length: 16 }, (_, k) => (k % 5 === 0 ? 1 : 0));
    const out = new Uint8Array(1).fill(5);
    new StageChoice(4, 4, identity).choose(new Float64Array(4), 0, Float64Array.of(1), 0, 1, out, 0, 1);
    expect(out[0]).toBe(0);
  });
});

describe("error feedback", () => {
  const shapes = WIDTHS.flatMap((width) => [1, 2, 4].map((stages) => [width, stages] as const));

  test.each(shapes)("is the formula, block by block: width %i, %i stages", (width, stages) => {
    const n = width * 3 - 1;
    const rows = signedRows(n, width, stages);
    const a = positive(n, width);
    const triangle = triangleOf(a, width);
    const weights = floats(CLASSES_AT_ONCE * n, 5);
    const given = Float64Array.from({ length: CLASSES_AT_ONCE * stages }, (_, k) => 0.8 / (1 + (k % stages)));
    const out = new Uint8Array(CLASSES_AT_ONCE * stages * rows.count);
    const fitted = given.slice();
    run(new ErrorFeedback(n, rows, triangle).round(weights, fitted, out));
    for (let c = 0; c < CLASSES_AT_ONCE; c++) {
      const w = weights.subarray(c * n, (c + 1) * n);
      const m = given.subarray(c * stages, (c + 1) * stages);
      const e = new Float64Array(n);
      const expected = new Uint8Array(stages * rows.count);
      for (let j = rows.count - 1; j >= 0; j--) {
        const [first, end] = [j * width, min(n, (j + 1) * width)];
        const target = Float64Array.from({ length: end - first }, (_, i) => {
          let sum = w[first + i] as number;
          for (let k = end; k < n; k++)
            sum += (triangle.lower[k * n + first + i] as number) * (e[k] as number);
          return sum;
        });
        const size = end - first;
        const metric = triangle.diagonal.subarray(first * width, first * width + size * size);
        new StageChoice(width, size, metric).choose(target, 0, m, 0, stages, expected, j, rows.count);
        const q = sumOf(
          Array.from({ length: stages }, (_, s) =>
            rowOf(expected[s * rows.count + j] as number, width, size),
          ),
          m,
          size,
        );
        for (let i = 0; i < size; i++) e[first + i] = (w[first + i] as number) - (q[i] as number);
      }
      const got = Array.from(out.subarray(c * stages * rows.count, (c + 1) * stages * rows.count));
      // A magnitude below 0 turns the signs of its stage.
      const turned = (s: number): number =>
        (got[s * rows.count] as number) === expected[s * rows.count] ? 0 : width;
      expect(got).toEqual(Array.from(expected, (row, k) => row ^ turned(floor(k / rows.count))));

      const vectors = stagesOf(out, c, rows, n);
      const rest = minus(w, sumOf(vectors, fitted.subarray(c * stages), n));
      for (const vector of vectors)
        expect(abs(dot(vector, times(a, rest)))).toBeLessThan(1e-8 * form(a, vector));
    }
  });
});

const errorOf = (
  a: Matrix,
  w: Float32Array,
  { assignment, magnitudes }: Rounded,
  rows: SignedRows,
): number => {
  const n = a.length;
  let sum = 0;
  for (let c = 0; c < w.length / n; c++) {
    const m = Array.from(
      { length: rows.stages },
      (_, s) => (magnitudes[c * rows.stages + s] as number) / sqrt(n),
    );
    sum += form(a, minus(w.subarray(c * n, (c + 1) * n), sumOf(stagesOf(assignment, c, rows, n), m, n)));
  }
  return sum;
};

describe("class vectors of a dense layer", () => {
  const fitOf = (w: Float32Array, n: number, rows: SignedRows, triangle: BlockTriangle | null): Rounded =>
    run(fitStages(w.length / n, n, rows, triangle, (first, end) => w.subarray(first * n, end * n)));

  test.each([
    [2, 1],
    [4, 2],
    [8, 4],
    [16, 2],
    [32, 3],
  ])("come nearer with what features are like: width %i, %i stages", (width, stages) => {
    const [n, classes] = [65, 7];
    const rows = signedRows(n, width, stages);
    const a = positive(n, 3);
    const w = floats(classes * n, 4);
    const plain = errorOf(a, w, fitOf(w, n, rows, null), rows);
    const fed = errorOf(a, w, fitOf(w, n, rows, triangleOf(a, width)), rows);
    expect(fed).toBeLessThan(0.8 * plain);
  });

  test("that are of the code already stay as they are", () => {
    const shape = fc.record({
      width: fc.constantFrom(...WIDTHS),
      classes: fc.integer({ min: 1, max: 9 }),
      whole: fc.integer({ min: 1, max: 6 }),
      seed: fc.nat(1e6),
      fed: fc.boolean(),
    });
    fc.assert(
      fc.property(shape, ({ width, classes, whole, seed, fed }) => {
        const n = whole * width;
        const rows = signedRows(n, width, 1);
        const assignment = Uint8Array.from(
          doubles(classes * rows.count, seed),
          (v) => floor(abs(v) * 1000) % (2 * width),
        );
        const w = Float32Array.from({ length: classes * n }, (_, k) => {
          const c = floor(k / n);
          return (c + 1) * ((stagesOf(assignment, c, rows, n)[0] as Vector)[k % n] as number);
        });
        const got = fitOf(w, n, rows, fed ? triangleOf(positive(n, 1), width) : null);
        expect(got.assignment).toEqual(assignment);
        got.magnitudes.forEach((m, c) => {
          expect(m).toBeCloseTo((c + 1) * sqrt(n), 4);
        });
      }),
      { numRuns: 30 },
    );
  });

  test("of zeros have magnitudes 0", () => {
    const rows = signedRows(10, 4, 2);
    const got = fitOf(new Float32Array(30), 10, rows, triangleOf(positive(10, 1), 4));
    expect(got.magnitudes).toEqual(new Float32Array(6));
    expect(got.assignment.length).toBe(3 * 2 * ceil(10 / 4));
  });
});
