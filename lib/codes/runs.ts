/** The vectors of the code "hadamard" in their order, as runs of rows. */

/** Rows of a block with one sign; their vectors follow each other, and so do the vectors of one run after another. */
export interface Run {
  readonly block: number;
  readonly row: number;
  readonly sign: 1 | -1;
  readonly rows: number;
}

/** Run i of all vectors of the code: rows 1 … of the first block, row 0 of it, then whole blocks, each with both signs. */
function runAt(order: number, i: number): Run {
  const sign = i % 2 === 0 ? 1 : -1;
  if (i < 2) return { block: 0, row: 1, sign, rows: order - 1 };
  if (i < 4) return { block: 0, row: 0, sign, rows: 1 };
  return { block: (i >> 1) - 1, row: 0, sign, rows: order };
}

/** The first vectors, as many as there are classes. */
export function firstVectors(order: number, classes: number): Run[] {
  const found: Run[] = [];
  let left = classes;
  for (let i = 0; left > 0; i++) {
    const { block, row, sign, rows } = runAt(order, i);
    found.push({ block, row, sign, rows: Math.min(rows, left) });
    left -= rows;
  }
  return found;
}

/** Certain vectors, ascending. Those that follow each other within a run stay one run. */
export function* certainVectors(order: number, vectors: Int32Array): Generator<Run> {
  let start = 0;
  let i = 0;
  for (let k = 0; ; k++) {
    const { row, rows, ...run } = runAt(order, k);
    while (i < vectors.length && (vectors[i] as number) < start + rows) {
      const first = i;
      const last = start + rows - 1;
      while (vectors[i + 1] === (vectors[i] as number) + 1 && (vectors[i] as number) < last) i++;
      i++;
      yield { ...run, row: row + (vectors[first] as number) - start, rows: i - first };
    }
    if (i === vectors.length) return;
    start += rows;
  }
}
