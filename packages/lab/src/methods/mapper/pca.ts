import { Random } from "../../random.js";
import { countOf, meanOf, type Rows, rowOf } from "./rows.js";

export interface Components {
  readonly mean: Float32Array;
  /** One after the other, of length one each. */
  readonly axes: Float32Array;
}

const ITERATIONS = 500;
const TOLERANCE = 1e-9;

/**
 * The first axes of principal component analysis, by power iteration and deflation: of a covariance that is never written down, since two
 * or three axes are wanted of perhaps thousands. The sign of an axis is that its largest entry is positive.
 */
export function principalAxes(rows: Rows, count: number): Components {
  const { width } = rows;
  const mean = meanOf(rows);
  const found: Float64Array[] = [];
  for (let k = 0; k < count; k++) {
    let axis: Float64Array = Float64Array.from(new Random(1, "pca", k).normals(width));
    normalize(axis, found);
    for (let iteration = 0; iteration < ITERATIONS; iteration++) {
      const next = covarianceTimes(rows, mean, axis);
      if (!normalize(next, found)) break;
      const turned = next.reduce((sum, x, i) => sum + (x - axis[i]) ** 2, 0);
      axis = next;
      if (turned < TOLERANCE ** 2) break;
    }
    const largest = axis.reduce((best, x) => (Math.abs(x) > Math.abs(best) ? x : best), 0);
    if (largest < 0) for (let i = 0; i < width; i++) axis[i] = -axis[i];
    found.push(axis);
  }
  const axes = new Float32Array(count * width);
  found.forEach((axis, k) => {
    axes.set(axis, k * width);
  });
  return { mean: Float32Array.from(mean), axes };
}

export function coordinates({ mean, axes }: Components, row: Float32Array): Float64Array {
  const width = mean.length;
  return Float64Array.from({ length: axes.length / width }, (_, k) => {
    let sum = 0;
    for (let i = 0; i < width; i++) sum += axes[k * width + i] * (row[i] - mean[i]);
    return sum;
  });
}

function covarianceTimes(rows: Rows, mean: Float64Array, axis: Float64Array): Float64Array {
  const { width } = rows;
  const count = countOf(rows);
  const result = new Float64Array(width);
  for (let r = 0; r < count; r++) {
    const row = rowOf(rows, r);
    let along = 0;
    for (let i = 0; i < width; i++) along += (row[i] - mean[i]) * axis[i];
    along /= count;
    for (let i = 0; i < width; i++) result[i] += along * (row[i] - mean[i]);
  }
  return result;
}

/** Across to those before and of length one; false where nothing is left. */
function normalize(vector: Float64Array, before: readonly Float64Array[]): boolean {
  for (const axis of before) {
    const along = vector.reduce((sum, x, i) => sum + x * axis[i], 0);
    for (let i = 0; i < vector.length; i++) vector[i] -= along * axis[i];
  }
  const length = Math.sqrt(vector.reduce((sum, x) => sum + x * x, 0));
  if (!(length > 1e-12)) return false;
  for (let i = 0; i < vector.length; i++) vector[i] /= length;
  return true;
}
