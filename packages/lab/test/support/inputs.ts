import { type Inputs, sizeOf } from "../../src/data/index.js";

/** The given rows, or all, as arrays of numbers. */
export function rowsOf(inputs: Inputs, rows?: readonly number[]): number[][] {
  const picked = rows ?? Array.from({ length: inputs.rows }, (_, row) => row);
  const size = sizeOf(inputs);
  const out = new Float32Array(picked.length * size);
  inputs.gather(picked, out);
  return picked.map((_, i) => Array.from(out.subarray(i * size, (i + 1) * size)));
}
