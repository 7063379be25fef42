import { CHUNK_ROWS } from "./math.js";

/** A sum over the rows of a batch, in chunks of rows: docs/numerics.md, "Sums over rows". */
export interface RowSum {
  /** Call before each row; `index` counts from 0. */
  begin(index: number): void;
  add(i: number, value: number): void;
  /** Call after each row. */
  end(index: number, rows: number): void;
}

export function rowSum(total: Float32Array): RowSum {
  const chunk = new Float32Array(total.length);
  return {
    begin(index) {
      if (index === 0) total.fill(0);
      if (index % CHUNK_ROWS === 0) chunk.fill(0);
    },
    add(i, value) {
      chunk[i] = (chunk[i] as number) + value;
    },
    end(index, rows) {
      if (index % CHUNK_ROWS !== CHUNK_ROWS - 1 && index !== rows - 1) return;
      for (let i = 0; i < total.length; i++) total[i] = (total[i] as number) + (chunk[i] as number);
    },
  };
}
