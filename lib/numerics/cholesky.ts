/** Symmetric positive definite matrices as products of triangular ones, in float64. */

import { addProducts } from "./products.js";

const { min, sqrt } = Math;

/** Columns that are finished together: their rows above the diagonal fit into a cache. */
const PANEL = 32;

/**
 * A = G·Gᵀ with G lower triangular, in place of the lower triangle of A, n × n; what is above the diagonal is neither read nor written. It
 * yields between panels of columns.
 *
 * @returns whether A is positive definite; if not, it is spoilt
 */
export function* cholesky(a: Float64Array, n: number): Generator<void, boolean> {
  const from = (row: number, column: number) => ({ values: a, start: row * n + column, stride: n });
  for (let first = 0; first < n; first += PANEL) {
    const width = min(PANEL, n - first);
    for (let row = first; row < n; row += 8 * PANEL) {
      const rows = min(8 * PANEL, n - row);
      addProducts(from(row, first), -1, from(row, 0), rows, from(first, 0), width, first);
      yield;
    }
    if (!finishPanel(a, n, first, width)) return false;
    yield;
  }
  return true;
}

/** The panel's own part: what the columns before it give has been subtracted. */
function finishPanel(a: Float64Array, n: number, first: number, width: number): boolean {
  for (let i = first; i < n; i++) {
    for (let j = first; j < min(i + 1, first + width); j++) {
      let rest = a[i * n + j] as number;
      for (let k = first; k < j; k++) rest -= (a[i * n + k] as number) * (a[j * n + k] as number);
      if (i !== j) a[i * n + j] = rest / (a[j * n + j] as number);
      else if (rest > 0) a[i * n + i] = sqrt(rest);
      else return false;
    }
  }
  return true;
}

/** A lower triangular matrix with unit blocks on its diagonal, and the blocks that stand between it and its transpose. */
export interface BlockTriangle {
  /** L, n × n: below the blocks of the diagonal; the rest is not for reading. */
  readonly lower: Float64Array;
  /** D, the symmetric blocks one after the other, each width × width; the last may be smaller. */
  readonly diagonal: Float64Array;
}

/** A = L·D·Lᵀ by blocks, from G of {@link cholesky}, which becomes L. */
export function blockTriangle(g: Float64Array, n: number, width: number): BlockTriangle {
  const diagonal = new Float64Array(n * width);
  for (let first = 0; first < n; first += width) {
    const end = min(first + width, n);
    for (let i = end; i < n; i++) divideByBlock(g, n, i, first, end);
    const size = end - first;
    for (let i = 0; i < size; i++) {
      for (let j = 0; j <= i; j++) {
        let sum = 0;
        for (let k = first; k <= first + j; k++) {
          sum += (g[(first + i) * n + k] as number) * (g[(first + j) * n + k] as number);
        }
        diagonal[first * width + i * size + j] = sum;
        diagonal[first * width + j * size + i] = sum;
      }
    }
  }
  return { lower: g, diagonal };
}

/** Row i of the block column times the inverse of the block's triangle. */
function divideByBlock(g: Float64Array, n: number, i: number, first: number, end: number): void {
  for (let j = end - 1; j >= first; j--) {
    let rest = g[i * n + j] as number;
    for (let k = j + 1; k < end; k++) rest -= (g[i * n + k] as number) * (g[k * n + j] as number);
    g[i * n + j] = rest / (g[j * n + j] as number);
  }
}

/**
 * x of A·x = b in place of b, for few unknowns; of A the lower triangle is given, and spoilt. Where A is singular but b could come of it, x is
 * one of the solutions.
 *
 * @returns whether there is one
 */
export function solve(a: Float64Array, n: number, b: Float64Array): boolean {
  for (let i = 0; i < n; i++) a[i * n + i] = (a[i * n + i] as number) * (1 + 1e-12);
  const steps = cholesky(a, n);
  let step = steps.next();
  while (!step.done) step = steps.next();
  if (!step.value) return false;
  for (let i = 0; i < n; i++) {
    for (let k = 0; k < i; k++) b[i] = (b[i] as number) - (a[i * n + k] as number) * (b[k] as number);
    b[i] = (b[i] as number) / (a[i * n + i] as number);
  }
  for (let i = n - 1; i >= 0; i--) {
    for (let k = i + 1; k < n; k++) b[i] = (b[i] as number) - (a[k * n + i] as number) * (b[k] as number);
    b[i] = (b[i] as number) / (a[i * n + i] as number);
  }
  return true;
}
