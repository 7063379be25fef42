/** Moments of rows that stream, against their definitions. */

import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { MomentSums, type Moments } from "../../lib/numerics/moments.js";
import { expectSameBits } from "../support/bits.js";
import { rowsOf } from "../support/heads.js";
import { floats } from "../support/random.js";

const { abs, max, min } = Math;

/** In pieces of so many rows; the last has the rest. */
function momentsOf(x: Float32Array, n: number, pieces: readonly number[] = []): Moments {
  const sums = new MomentSums(n);
  let start = 0;
  for (const rows of [...pieces, x.length / n]) {
    const end = min(x.length, start + rows * n);
    for (const _ of sums.add(x.subarray(start, end)));
    start = end;
  }
  const steps = sums.finish();
  let step = steps.next();
  while (!step.done) step = steps.next();
  return step.value;
}

/** By the formulas, with the mean subtracted first. */
function expectedOf(x: Float32Array, n: number): Moments {
  const given = rowsOf(x, n);
  const rows = given.length;
  const mean = Float64Array.from(
    { length: n },
    (_, i) => given.reduce((sum, row) => sum + (row[i] as number), 0) / rows,
  );
  const centred = given.map((row) => Array.from(row, (value, i) => value - (mean[i] as number)));
  const covariance = new Float64Array(n * n);
  for (const row of centred) {
    for (let k = 0; k < n * n; k++) {
      covariance[k] =
        (covariance[k] as number) + ((row[Math.floor(k / n)] as number) * (row[k % n] as number)) / rows;
    }
  }
  let trace = 0;
  for (let i = 0; i < n; i++) trace += covariance[i * n + i] as number;
  const distance = (target: (k: number) => number): number =>
    covariance.reduce((sum, value, k) => sum + (value - target(k)) ** 2, 0);
  const toIdentity = distance((k) => (k % (n + 1) === 0 ? trace / n : 0));
  const ofRows = centred.reduce(
    (sum, row) => sum + distance((k) => (row[Math.floor(k / n)] as number) * (row[k % n] as number)),
    0,
  );
  return { rows, mean, covariance, shrinkage: min(1, ofRows / rows ** 2 / toIdentity) };
}

describe("moments", () => {
  test.each([
    ["few features", 3, 200, 0],
    ["few rows", 40, 9, 0],
    ["more than a block of rows", 20, 150, 0],
    ["more than a step of features", 150, 70, 0],
    ["a large mean", 10, 100, 3000],
  ])("are those of the definition: %s", (_, n, rows, offset) => {
    const x = floats(n * rows, n).map((value, k) => value * (1 + (k % n)) + offset);
    const got = momentsOf(x, n);
    const expected = expectedOf(x, n);
    expect(got.rows).toBe(rows);
    for (let i = 0; i < n; i++) {
      expect(got.mean[i]).toBeCloseTo(expected.mean[i] as number, 9);
      for (let j = 0; j <= i; j++) {
        const at = i * n + j;
        const error = abs((got.covariance[at] as number) - (expected.covariance[at] as number));
        expect(error).toBeLessThan(1e-10 * max(1, n * n));
      }
    }
    expect(got.shrinkage).toBeGreaterThan(0);
    expect(got.shrinkage).toBeCloseTo(expected.shrinkage, 9);
  });

  test("have the same bits however rows are cut into pieces", () => {
    const [n, rows] = [7, 170];
    const x = floats(n * rows, 3);
    const expected = momentsOf(x, n);
    fc.assert(
      fc.property(fc.array(fc.nat(100), { maxLength: 8 }), (pieces) => {
        const got = momentsOf(x, n, pieces);
        expectSameBits(got.covariance, expected.covariance, "covariance");
        expectSameBits(got.mean, expected.mean, "mean");
        expect(got.shrinkage).toBe(expected.shrinkage);
      }),
    );
  });

  test("of rows that are all alike shrink to nothing", () => {
    const got = momentsOf(new Float32Array(30).fill(0.1), 5);
    expect(got.covariance).toEqual(new Float64Array(25));
    expect(got.shrinkage).toBe(1);
  });
});
