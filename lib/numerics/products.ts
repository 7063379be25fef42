/** Products of matrices in float64, a few rows and columns at a time, so that what is loaded is used several times. */

/** A matrix within an array: row i starts at `start + i·stride`. */
export interface Matrix {
  readonly values: Float64Array;
  readonly start: number;
  readonly stride: number;
}

/** How many rows and columns of the result are summed at once: as many sums and factors as there are registers for. */
const ROWS = 2;
const COLUMNS = 4;

/**
 * Adds `factor`·A·Bᵀ to `out`, rows × columns; A has `rows` rows and B `columns`, both of `length` elements. An element is the sum of its
 * products from the first to the last, then times the factor.
 */
export function addProducts(
  out: Matrix,
  factor: number,
  a: Matrix,
  rows: number,
  b: Matrix,
  columns: number,
  length: number,
): void {
  const wholeRows = rows - (rows % ROWS);
  const wholeColumns = columns - (columns % COLUMNS);
  for (let j = 0; j < wholeColumns; j += COLUMNS) {
    for (let i = 0; i < wholeRows; i += ROWS) addTile(out, factor, a, i, b, j, length);
    for (let i = wholeRows; i < rows; i++) addElements(out, factor, a, i, b, j, j + COLUMNS, length);
  }
  for (let i = 0; i < rows; i++) addElements(out, factor, a, i, b, wholeColumns, columns, length);
}

function addTile(
  out: Matrix,
  factor: number,
  a: Matrix,
  i: number,
  b: Matrix,
  j: number,
  length: number,
): void {
  const [x, y, z] = [a.values, b.values, out.values];
  let a0 = a.start + i * a.stride;
  let a1 = a0 + a.stride;
  let b0 = b.start + j * b.stride;
  let b1 = b0 + b.stride;
  let b2 = b1 + b.stride;
  let b3 = b2 + b.stride;
  let s00 = 0;
  let s01 = 0;
  let s02 = 0;
  let s03 = 0;
  let s10 = 0;
  let s11 = 0;
  let s12 = 0;
  let s13 = 0;
  for (const end = a0 + length; a0 < end; ) {
    const p = x[a0++] as number;
    const q = x[a1++] as number;
    const k0 = y[b0++] as number;
    const k1 = y[b1++] as number;
    const k2 = y[b2++] as number;
    const k3 = y[b3++] as number;
    s00 += p * k0;
    s01 += p * k1;
    s02 += p * k2;
    s03 += p * k3;
    s10 += q * k0;
    s11 += q * k1;
    s12 += q * k2;
    s13 += q * k3;
  }
  let to = out.start + i * out.stride + j;
  z[to] = (z[to] as number) + factor * s00;
  z[to + 1] = (z[to + 1] as number) + factor * s01;
  z[to + 2] = (z[to + 2] as number) + factor * s02;
  z[to + 3] = (z[to + 3] as number) + factor * s03;
  to += out.stride;
  z[to] = (z[to] as number) + factor * s10;
  z[to + 1] = (z[to + 1] as number) + factor * s11;
  z[to + 2] = (z[to + 2] as number) + factor * s12;
  z[to + 3] = (z[to + 3] as number) + factor * s13;
}

function addElements(
  out: Matrix,
  factor: number,
  a: Matrix,
  i: number,
  b: Matrix,
  first: number,
  end: number,
  length: number,
): void {
  for (let j = first; j < end; j++) {
    const [at, bt] = [a.start + i * a.stride, b.start + j * b.stride];
    let sum = 0;
    for (let k = 0; k < length; k++) sum += (a.values[at + k] as number) * (b.values[bt + k] as number);
    const to = out.start + i * out.stride + j;
    out.values[to] = (out.values[to] as number) + factor * sum;
  }
}

/**
 * Adds factors·B to each of two vectors of `length` elements, which start at `at` and `at + apart` of `out`: `factors` has `rows` of the one,
 * then as many of the other. The rows of B come in fours, then singly.
 */
export function addRows(
  out: Float64Array,
  at: number,
  apart: number,
  length: number,
  factors: Float64Array,
  b: Matrix,
  rows: number,
): void {
  const whole = rows - (rows % 4);
  for (let r = 0; r < whole; r += 4) addFourRows(out, at, apart, length, factors, r, rows, b);
  for (let r = whole; r < rows; r++) {
    const from = b.start + r * b.stride;
    const p = factors[r] as number;
    const q = factors[rows + r] as number;
    for (let i = 0; i < length; i++) {
      const value = b.values[from + i] as number;
      out[at + i] = (out[at + i] as number) + p * value;
      out[at + apart + i] = (out[at + apart + i] as number) + q * value;
    }
  }
}

function addFourRows(
  out: Float64Array,
  at: number,
  apart: number,
  length: number,
  factors: Float64Array,
  r: number,
  rows: number,
  b: Matrix,
): void {
  const { values, stride } = b;
  const p0 = factors[r] as number;
  const p1 = factors[r + 1] as number;
  const p2 = factors[r + 2] as number;
  const p3 = factors[r + 3] as number;
  const q0 = factors[rows + r] as number;
  const q1 = factors[rows + r + 1] as number;
  const q2 = factors[rows + r + 2] as number;
  const q3 = factors[rows + r + 3] as number;
  let b0 = b.start + r * stride;
  let b1 = b0 + stride;
  let b2 = b1 + stride;
  let b3 = b2 + stride;
  for (let i = at, j = at + apart; i < at + length; i++, j++) {
    const v0 = values[b0++] as number;
    const v1 = values[b1++] as number;
    const v2 = values[b2++] as number;
    const v3 = values[b3++] as number;
    out[i] = (out[i] as number) + (p0 * v0 + p1 * v1 + (p2 * v2 + p3 * v3));
    out[j] = (out[j] as number) + (q0 * v0 + q1 * v1 + (q2 * v2 + q3 * v3));
  }
}
