/** Rows of one width, one after the other. */
export interface Rows {
  readonly values: Float32Array;
  readonly width: number;
}

export const countOf = ({ values, width }: Rows): number => values.length / width;

export const rowOf = ({ values, width }: Rows, row: number): Float32Array =>
  values.subarray(row * width, (row + 1) * width);

export function distance(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i] - b[i]) ** 2;
  return Math.sqrt(sum);
}

export function meanOf(rows: Rows): Float64Array {
  const mean = new Float64Array(rows.width);
  const count = countOf(rows);
  for (let r = 0; r < count; r++) {
    const row = rowOf(rows, r);
    for (let i = 0; i < row.length; i++) mean[i] += row[i] / count;
  }
  return mean;
}

export function pick(rows: Rows, which: ArrayLike<number>): Rows {
  const values = new Float32Array(which.length * rows.width);
  for (let k = 0; k < which.length; k++) values.set(rowOf(rows, which[k]), k * rows.width);
  return { values, width: rows.width };
}
