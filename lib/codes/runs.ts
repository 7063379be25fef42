/** The vectors of the code "hadamard" in their order, as runs of rows. */

/** Rows of a block with one sign; their vectors follow each other, and so do the vectors of one run after another. */
export interface Run {
  readonly block: number;
  readonly row: number;
  readonly sign: 1 | -1;
  readonly rows: number;
}

/** All vectors of the code, in their order. */
function* runs(order: number): Generator<Run> {
  yield { block: 0, row: 1, sign: 1, rows: order - 1 };
  yield { block: 0, row: 1, sign: -1, rows: order - 1 };
  yield { block: 0, row: 0, sign: 1, rows: 1 };
  yield { block: 0, row: 0, sign: -1, rows: 1 };
  for (let block = 1; ; block++) {
    yield { block, row: 0, sign: 1, rows: order };
    yield { block, row: 0, sign: -1, rows: order };
  }
}

/** The first vectors, as many as there are classes. */
export function* firstVectors(order: number, classes: number): Generator<Run> {
  let left = classes;
  for (const run of runs(order)) {
    yield { ...run, rows: Math.min(run.rows, left) };
    left -= run.rows;
    if (left <= 0) return;
  }
}

/** Certain vectors, ascending. Those that follow each other within a run stay one run. */
export function* certainVectors(order: number, vectors: Int32Array): Generator<Run> {
  let start = 0;
  let i = 0;
  for (const { row, rows, ...run } of runs(order)) {
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
