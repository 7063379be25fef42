import { expect, test } from "vitest";
import { binsOf } from "../../../src/methods/mapper/cover.js";
import { fitLens } from "../../../src/methods/mapper/lens.js";
import { principalAxes } from "../../../src/methods/mapper/pca.js";
import { countOf, distance, type Rows, rowOf } from "../../../src/methods/mapper/rows.js";
import { Random } from "../../../src/random.js";

const WIDTH = 6;

/** Three orthogonal directions with deviations 4, 2 and 1, moved away from the origin. */
function ellipsoid(): { rows: Rows; directions: number[][] } {
  const directions = [
    [1, 1, 1, 1, 0, 0],
    [1, -1, 1, -1, 0, 0],
    [0, 0, 0, 0, 1, 1],
  ].map((axis) => axis.map((x) => x / Math.hypot(...axis)));
  const random = new Random(5);
  const values = new Float32Array(3000 * WIDTH);
  for (let r = 0; r < 3000; r++) {
    const [a, b, c] = random.normals(3);
    for (let i = 0; i < WIDTH; i++)
      values[r * WIDTH + i] = 10 + 4 * a * directions[0][i] + 2 * b * directions[1][i] + c * directions[2][i];
  }
  return { rows: { values, width: WIDTH }, directions };
}

test("principal axes are eigenvectors of the covariance, largest first, across to each other", () => {
  const { rows, directions } = ellipsoid();
  const { mean, axes } = principalAxes(rows, 3);
  const count = countOf(rows);
  const exact = Array.from({ length: WIDTH }, (_, i) =>
    Array.from({ length: WIDTH }, (_, j) => {
      let sum = 0;
      for (let r = 0; r < count; r++) sum += (rowOf(rows, r)[i] - mean[i]) * (rowOf(rows, r)[j] - mean[j]);
      return sum / count;
    }),
  );
  const variances = [0, 1, 2].map((k) => {
    const axis = axes.subarray(k * WIDTH, (k + 1) * WIDTH);
    const turned = exact.map((line) => line.reduce((sum, x, i) => sum + x * axis[i], 0));
    const variance = turned.reduce((sum, x, i) => sum + x * axis[i], 0);
    turned.forEach((x, i) => {
      expect(x).toBeCloseTo(variance * axis[i], 4);
    });
    expect(Math.abs(directions[k].reduce((sum, x, i) => sum + x * axis[i], 0))).toBeGreaterThan(0.99);
    expect(Math.max(...axis)).toBe(Math.max(...axis.map(Math.abs)));
    return variance;
  });
  [16, 4, 1].forEach((variance, k) => {
    expect(Math.abs(variances[k] / variance - 1)).toBeLessThan(0.1);
  });
});

test("a lens shows coordinates, norms or mean distances", () => {
  const { rows } = ellipsoid();
  const row = rowOf(rows, 17);
  const { mean, axes } = principalAxes(rows, 2);
  const along = (k: number) => row.reduce((sum, x, i) => sum + (x - mean[i]) * axes[k * WIDTH + i], 0);
  const seen = fitLens("pca:2", rows).view(row);
  expect(seen.length).toBe(2);
  expect(seen[0]).toBeCloseTo(along(0), 3);
  expect(seen[1]).toBeCloseTo(along(1), 3);
  expect(fitLens("norm", rows).view(row)[0]).toBeCloseTo(Math.hypot(...row), 5);
  // 256 rows of 3000 stand for all of them.
  const all = [...Array(3000).keys()].reduce((sum, r) => sum + distance(row, rowOf(rows, r)) / 3000, 0);
  expect(Math.abs(fitLens("eccentricity", rows).view(row)[0] / all - 1)).toBeLessThan(0.1);
  const few: Rows = { values: rows.values.subarray(0, 10 * WIDTH), width: WIDTH };
  const exact = [...Array(10).keys()].reduce((sum, r) => sum + distance(row, rowOf(few, r)) / 10, 0);
  expect(fitLens("eccentricity", few).view(row)[0]).toBeCloseTo(exact, 5);
});

test("lenses that there are not are refused", () => {
  const { rows } = ellipsoid();
  expect(() => fitLens("pca:4", rows)).toThrow(
    /"pca:4" is no lens: choose pca:1, pca:2, pca:3, norm, eccentricity/,
  );
  expect(() => fitLens("umap", rows)).toThrow(/"umap" is no lens/);
  expect(() => fitLens("pca:3", { values: new Float32Array(10), width: 2 })).toThrow(
    /rows of 2 numbers have no 3 axes/,
  );
});

test("bins overlap by their share, cover all, and hold what is beyond the ends", () => {
  // Four intervals over 10 that share a half: each is 4 long, one begins every 2.
  const cover = { intervals: 4, overlap: 0.5, ranges: [[0, 10]] as const };
  const at = (x: number) => binsOf(cover, Float64Array.of(x));
  expect([0, 1, 2, 3.9, 4, 5, 8, 9, 10].map(at)).toEqual([
    [0],
    [0],
    [0, 1],
    [0, 1],
    [0, 1, 2],
    [1, 2],
    [2, 3],
    [3],
    [3],
  ]);
  expect([at(-5), at(99)]).toEqual([[0], [3]]);
  for (const overlap of [0, 0.1, 0.3, 0.9]) {
    const many = { intervals: 7, overlap, ranges: [[-3, 0.7]] as const };
    const random = new Random(3);
    for (let k = 0; k < 500; k++) {
      const found = binsOf(many, Float64Array.of(-3 + 3.7 * random.uniform()));
      expect(found.length).toBeGreaterThan(0);
      expect(found.length).toBeLessThanOrEqual(Math.ceil(1 / (1 - overlap)) + 1);
    }
  }
});

test("bins of two numbers are all pairs, the second counting fastest", () => {
  const cover = {
    intervals: 4,
    overlap: 0.5,
    ranges: [
      [0, 10],
      [0, 10],
    ] as const,
  };
  expect(binsOf(cover, Float64Array.of(1, 9))).toEqual([3]);
  expect(binsOf(cover, Float64Array.of(5, 5))).toEqual([5, 6, 9, 10]);
});
