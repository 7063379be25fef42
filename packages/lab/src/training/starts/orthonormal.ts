/** What is left of a column that the ones before it span is rounding. */
const DEPENDENT = 1e-9;

/** Columns that are orthonormal and span the same, by Gram and Schmidt; those that depend on the ones before them become 0. */
export function orthonormalize(matrix: Float64Array, width: number): Float64Array {
  const rows = matrix.length / width;
  // By columns, which are what is worked on.
  const columns = Array.from({ length: width }, (_, i) =>
    Float64Array.from({ length: rows }, (_, r) => matrix[r * width + i]),
  );
  for (const [i, column] of columns.entries()) {
    const before = Math.sqrt(dot(column, column));
    for (const other of columns.slice(0, i)) subtract(column, other, dot(column, other));
    const length = Math.sqrt(dot(column, column));
    const factor = length > DEPENDENT * before ? 1 / length : 0;
    for (let r = 0; r < rows; r++) column[r] *= factor;
  }
  return matrix.map((_, k) => columns[k % width][Math.floor(k / width)]);
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let r = 0; r < a.length; r++) sum += a[r] * b[r];
  return sum;
}

function subtract(a: Float64Array, b: Float64Array, factor: number): void {
  for (let r = 0; r < a.length; r++) a[r] -= factor * b[r];
}
