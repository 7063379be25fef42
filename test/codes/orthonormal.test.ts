/** The random orthonormal matrices of the code "orthogonal". */

import { describe, expect, test } from "@jest/globals";
import { orthonormalMatrices } from "../../lib/codes/orthonormal.js";
import { expectSameBits } from "../support/bits.js";

// Looking up a global is slow in Jest's sandbox.
const { abs, max, min } = Math;

function rowsOf(width: number, rows: number, seed = 3, index = 0): Float32Array {
  const out = new Float32Array(rows * width);
  orthonormalMatrices(width, seed)(index, out);
  return out;
}

function product(rows: Float32Array, width: number, a: number, b: number): number {
  let sum = 0;
  for (let i = 0; i < width; i++) sum += (rows[a * width + i] as number) * (rows[b * width + i] as number);
  return sum;
}

/** The largest difference of a product of two rows from what it is for orthonormal ones. */
function worst(rows: Float32Array, width: number): number {
  let error = 0;
  for (let a = 0; a * width < rows.length; a++) {
    for (let b = 0; b <= a; b++) error = max(error, abs(product(rows, width, a, b) - (a === b ? 1 : 0)));
  }
  return error;
}

describe("rows are orthonormal, as far as float32 goes", () => {
  test("all of them, of any width", () => {
    for (let width = 1; width <= 70; width++)
      expect([width, worst(rowsOf(width, width), width) < 1e-7]).toEqual([width, true]);
    for (const width of [97, 127, 128, 129, 257])
      expect(worst(rowsOf(width, width), width)).toBeLessThan(5e-8);
  });

  test("some, of wide ones", () => {
    for (const width of [1024, 1025, 2048, 9973]) expect(worst(rowsOf(width, 37), width)).toBeLessThan(3e-8);
  });
});

test("a row depends on its number, the seed and the matrix alone", () => {
  for (const width of [5, 33, 96, 300]) {
    const all = rowsOf(width, width);
    for (const rows of [1, 2, 3, width >> 1, width - 1]) {
      expectSameBits(rowsOf(width, rows), all.subarray(0, rows * width), `${rows} rows of ${width}`);
    }
    const write = orthonormalMatrices(width, 3);
    const again = new Float32Array(width * width);
    write(7, again);
    write(0, again);
    expectSameBits(again, all, "made after another matrix");
    write(1, again);
    expect(again).not.toEqual(all);
    expect(rowsOf(width, width, 4)).not.toEqual(all);
  }
});

/**
 * Moments of a uniformly distributed orthonormal matrix: entries have the mean 0, the variance 1/N and the kurtosis 3N/(N + 2); every row
 * and every column does.
 */
test.each([
  [8, 3000],
  [32, 400],
  [33, 400],
  [100, 60],
  [330, 8],
])("width %d: entries are distributed as those of a uniformly random matrix", (width, seeds) => {
  let [sum, fourth] = [0, 0];
  const rowFourth = new Float64Array(width);
  const columnFourth = new Float64Array(width);
  const square = new Float64Array(width * width);
  for (let seed = 0; seed < seeds; seed++) {
    rowsOf(width, width, seed).forEach((v, i) => {
      const v2 = v * v * width;
      sum += v;
      fourth += v2 * v2;
      square[i] = (square[i] as number) + v2;
      rowFourth[(i / width) | 0] = (rowFourth[(i / width) | 0] as number) + v2 * v2;
      columnFourth[i % width] = (columnFourth[i % width] as number) + v2 * v2;
    });
  }
  const entries = seeds * width * width;
  const kurtosis = (3 * width) / (width + 2);
  expect(abs(sum / Math.sqrt(entries / width))).toBeLessThan(4);
  expect(abs(fourth / entries / kurtosis - 1)).toBeLessThan(0.02);
  for (const part of [rowFourth, columnFourth]) {
    const ratios = part.map((v) => v / (seeds * width) / kurtosis);
    expect([min(...ratios) > 0.85, max(...ratios) < 1.15]).toEqual([true, true]);
  }
  // No entry is larger or smaller than others on the whole: of so many chi-squared means, the largest is within six deviations.
  const deviation = Math.sqrt(2 / seeds);
  expect(max(...square.map((v) => abs(v / seeds - 1) / deviation))).toBeLessThan(seeds > 50 ? 6 : 9);
});

test("rows of different matrices are as far apart as random ones", () => {
  const width = 330;
  const rows = new Float32Array([...rowsOf(width, 100), ...rowsOf(width, 100, 3, 1)]);
  let [largest, squares] = [0, 0];
  for (let a = 0; a < 100; a++) {
    for (let b = 100; b < 200; b++) {
      const cosine = product(rows, width, a, b);
      largest = max(largest, abs(cosine));
      squares += cosine * cosine;
    }
  }
  expect(largest).toBeLessThan(5 / Math.sqrt(width));
  expect(abs((squares / 1e4) * width - 1)).toBeLessThan(0.1);
});
