/** Products and factors of matrices in float64, against their definitions. */

import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { blockTriangle, cholesky, solve } from "../../lib/numerics/cholesky.js";
import { addProducts, addRows } from "../../lib/numerics/products.js";
import { doubles } from "../support/random.js";

const { abs, floor, max, min } = Math;

function run<T>(steps: Generator<void, T>): T {
  let step = steps.next();
  while (!step.done) step = steps.next();
  return step.value;
}

const at = (a: Float64Array, i: number): number => a[i] as number;

/** A symmetric matrix whose eigenvalues are above 1/2. */
function positive(n: number, seed: number): Float64Array {
  const x = doubles(n * n, seed);
  const a = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) {
      for (let k = 0; k < n; k++) a[i * n + j] = at(a, i * n + j) + (at(x, i * n + k) * at(x, j * n + k)) / n;
    }
    a[i * n + i] = at(a, i * n + i) + 0.5;
  }
  return a;
}

describe("products", () => {
  test("are those of the definition, at any place in their arrays", () => {
    const sizes = {
      rows: fc.nat(9),
      columns: fc.nat(9),
      length: fc.nat(9),
      start: fc.nat(3),
      seed: fc.nat(),
    };
    fc.assert(
      fc.property(fc.record(sizes), ({ rows, columns, length, start, seed }) => {
        const [a, b] = [doubles(start + 200, seed), doubles(200, seed + 1)];
        const values = doubles(200, seed + 2);
        const expected = values.map((value, k) => {
          const [i, j] = [floor((k - start) / 12), (k - start) % 12];
          if (k < start || i >= rows || j >= columns) return value;
          let sum = 0;
          for (let l = 0; l < length; l++) sum += at(a, start + i * 10 + l) * at(b, j * 11 + l);
          return value + -2 * sum;
        });
        const [left, right] = [
          { values: a, start, stride: 10 },
          { values: b, start: 0, stride: 11 },
        ];
        addProducts({ values, start, stride: 12 }, -2, left, rows, right, columns, length);
        expect(values).toEqual(expected);
      }),
    );
  });

  test("with rows are added to two vectors at once", () => {
    fc.assert(
      fc.property(fc.nat(9), fc.nat(20), fc.nat(), (rows, length, seed) => {
        const [values, factors] = [doubles(300, seed), doubles(2 * rows, seed + 1)];
        const out = doubles(100, seed + 2);
        const expected = out.map((value, k) => {
          const [vector, i] = [floor((k - 1) / 40), (k - 1) % 40];
          if (k < 1 || vector > 1 || i >= length) return value;
          let sum = value;
          for (let r = 0; r < rows; r++) sum += at(factors, vector * rows + r) * at(values, 5 + r * 25 + i);
          return sum;
        });
        addRows(out, 1, 40, length, factors, { values, start: 5, stride: 25 }, rows);
        for (let k = 0; k < 100; k++) expect(at(out, k)).toBeCloseTo(at(expected, k), 12);
      }),
    );
  });
});

/** The largest difference of two functions of row and column, over a lower triangle. */
function difference(
  n: number,
  a: (i: number, j: number) => number,
  b: (i: number, j: number) => number,
): number {
  let largest = 0;
  for (let i = 0; i < n; i++) for (let j = 0; j <= i; j++) largest = max(largest, abs(a(i, j) - b(i, j)));
  return largest;
}

describe("a factor of a matrix", () => {
  test.each([1, 2, 31, 32, 33, 64, 70, 300])("times its transpose is the matrix again: order %i", (n) => {
    const a = positive(n, n);
    const g = a.map((value, k) => (k % n > floor(k / n) ? NaN : value));
    expect(run(cholesky(g, n))).toBe(true);
    const product = (i: number, j: number): number => {
      let sum = 0;
      for (let k = 0; k <= min(i, j); k++) sum += at(g, i * n + k) * at(g, j * n + k);
      return sum;
    };
    expect(difference(n, product, (i, j) => at(a, i * n + j))).toBeLessThan(1e-13 * n);
    expect(g.every((value, k) => Number.isNaN(value) === k % n > floor(k / n))).toBe(true);
  });

  test.each([2, 4, 8, 16, 32])("is made of blocks of %i", (width) => {
    const n = 2 * width + width / 2 + 3;
    const a = positive(n, width);
    const g = a.slice();
    run(cholesky(g, n));
    const { lower, diagonal } = blockTriangle(g, n, width);
    const blockOf = (i: number): number => floor(i / width);
    const l = (i: number, j: number): number =>
      blockOf(i) > blockOf(j) ? at(lower, i * n + j) : i === j ? 1 : 0;
    const d = (i: number, j: number): number => {
      if (blockOf(i) !== blockOf(j)) return 0;
      const first = blockOf(i) * width;
      return at(diagonal, first * width + (i - first) * min(width, n - first) + (j - first));
    };
    const product = (i: number, j: number): number => {
      let sum = 0;
      for (let k = 0; k < n; k++) for (let m = 0; m < n; m++) sum += l(i, k) * d(k, m) * l(j, m);
      return sum;
    };
    expect(difference(n, product, (i, j) => at(a, i * n + j))).toBeLessThan(1e-12);
  });

  test("is not there for a matrix that is not positive definite", () => {
    expect(run(cholesky(Float64Array.of(1, 0, 2, 3), 2))).toBe(false);
    expect(run(cholesky(Float64Array.of(0), 1))).toBe(false);
    expect(run(cholesky(Float64Array.of(NaN), 1))).toBe(false);
    const n = 50;
    const a = positive(n, 1);
    a[40 * n + 40] = -1;
    expect(run(cholesky(a, n))).toBe(false);
  });

  test("solves equations", () => {
    const a = positive(4, 9);
    const x = doubles(4, 10);
    const b = Float64Array.from({ length: 4 }, (_, i) =>
      x.reduce((sum, value, k) => sum + at(a, 4 * i + k) * value, 0),
    );
    expect(solve(a, 4, b)).toBe(true);
    for (let i = 0; i < 4; i++) expect(at(b, i)).toBeCloseTo(at(x, i), 9);
    const twice = Float64Array.of(6, 6);
    expect(solve(Float64Array.of(2, 2, 2, 2), 2, twice)).toBe(true);
    expect(at(twice, 0) + at(twice, 1)).toBeCloseTo(3, 9);
    expect(solve(Float64Array.of(0), 1, Float64Array.of(1))).toBe(false);
  });
});
