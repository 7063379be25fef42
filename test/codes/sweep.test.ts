/** Rows of one class chosen again, against the form that they make small. */

import { expect, test } from "@jest/globals";
import { expand } from "../../lib/codes/rounding.js";
import { Sweep } from "../../lib/codes/sweep.js";
import { signedRows } from "../../lib/hadamard/signed-rows.js";
import { doubles } from "../support/random.js";

const { abs, floor } = Math;

test.each([
  [2, 1, 20],
  [4, 2, 18],
  [8, 4, 40],
  [16, 3, 33],
  [32, 2, 70],
])("width %i, %i stages: the form becomes smaller, and magnitudes are its least", (width, stages, n) => {
  const shape = signedRows(n, width, stages);
  const rows = doubles(7 * n, width);
  const halves = doubles(n * n, 5);
  const at = (a: ArrayLike<number>, i: number): number => a[i] as number;
  const covariance = Float64Array.from({ length: n * n }, (_, k) => {
    let sum = 0;
    for (let i = 0; i < n; i++) sum += at(halves, floor(k / n) * n + i) * at(halves, (k % n) * n + i);
    return sum / n;
  });
  const metric = { rows, covariance, share: 0.3, damping: 0.1 };
  /** The form as a symmetric product of two vectors. */
  const form = (a: ArrayLike<number>, b: ArrayLike<number>): number => {
    let sum = 0;
    for (let i = 0; i < n; i++) {
      for (let k = 0; k < n; k++) {
        let entry = 0.3 * at(covariance, i * n + k) + (i === k ? 0.1 : 0);
        for (let r = 0; r < 7; r++) entry += at(rows, r * n + i) * at(rows, r * n + k);
        sum += at(a, i) * entry * at(b, k);
      }
    }
    return sum;
  };
  const assignment = Uint8Array.from(
    doubles(stages * shape.count, 8),
    (v) => floor(abs(v) * 997) % (2 * width),
  );
  const magnitudes = Float64Array.from({ length: stages }, (_, s) => 0.7 / (1 + s));
  const weights = doubles(n, 9);
  const vectors = (): Int8Array[] =>
    Array.from({ length: stages }, (_, s) => {
      const vector = new Int8Array(n);
      expand(assignment.subarray(s * shape.count, (s + 1) * shape.count), width, vector);
      return vector;
    });
  const errorNow = (): Float64Array => {
    const of = vectors();
    return weights.map((w, i) => w - of.reduce((sum, v, s) => sum + at(magnitudes, s) * at(v, i), 0));
  };
  const start = errorNow();
  const before = form(start, start);
  const sweep = new Sweep(start, shape, metric, assignment, magnitudes);
  sweep.run();
  const error = errorNow();
  for (let i = 0; i < n; i++) expect(sweep.error[i]).toBeCloseTo(at(error, i), 9);
  expect(form(error, error)).toBeLessThan(0.9 * before);
  for (const vector of vectors()) expect(abs(form(vector, error))).toBeLessThan(1e-8 * form(vector, vector));
  for (const m of magnitudes) expect(m).toBeGreaterThanOrEqual(0);
});
