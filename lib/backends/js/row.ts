import { exponentOf, powerOfTwo } from "../../numerics/math.js";
import { type HeadTable, isLearned, isNormalised, unitOf } from "../../table.js";
import { foldLanes, LANES } from "./sums.js";

const { fround } = Math;
const EPSILON = 1e-8;
const SUM_MIN = 2 ** -80;
const SUM_MAX = 2 ** 100;

/** What the row pass leaves for the passes after it. */
export interface Row {
  /** The scaled row. */
  readonly x: Float32Array;
  zero: boolean;
  /** What the row is divided by. */
  length: number;
  /** What divides ⟨u, x⟩ where the part along the row is taken off its gradient. */
  projection: number;
  /** α, from the product with a class vector to the logit. */
  alpha: number;
  /** α′, from the gradient by the scaled row to that by the row as given. */
  alphaOfInput: number;
  /** What the scaled row is multiplied by in the gradient by a class vector. */
  ofVector: number;
}

export interface RowReader {
  readonly row: Row;
  /** Reads the row that starts at x[start]. Without `byNorm` it is not divided by its norm. */
  read(x: Float32Array, start: number, scale: number, byNorm?: boolean): void;
}

/** The norm of a row of docs/numerics.md. Class vectors that are learned take the row as it is. */
export function rowReader(table: HeadTable): RowReader {
  const { features } = table;
  const learned = isLearned(table);
  const normalised = isNormalised(table);
  const unit = unitOf(table);
  const lanes = new Float32Array(LANES);
  const row: Row = {
    x: new Float32Array(features),
    zero: false,
    length: 1,
    projection: 1,
    alpha: 1,
    alphaOfInput: 1,
    ofVector: 1,
  };

  function sumOfSquares(x: Float32Array): number {
    for (let i = 0; i < features; i++) {
      const v = x[i] as number;
      lanes[i % LANES] = (lanes[i % LANES] as number) + fround(v * v);
    }
    return foldLanes(lanes, features);
  }

  function read(x: Float32Array, start: number, scale: number, byNorm = true): void {
    row.x.set(x.subarray(start, start + features));
    if (learned) return;
    let sum = sumOfSquares(row.x);
    let exponent = 0;
    if (sum < SUM_MIN || sum > SUM_MAX) {
      let largest = 0;
      for (const v of row.x) if (Math.abs(v) > largest) largest = Math.abs(v);
      if (largest > 0 && largest < Infinity) {
        exponent = exponentOf(largest);
        const down = powerOfTwo(-exponent);
        for (let i = 0; i < features; i++) row.x[i] = (row.x[i] as number) * down;
        sum = sumOfSquares(row.x);
      }
    }
    if (byNorm && normalised) {
      const norm = Math.sqrt(sum);
      row.zero = sum === 0;
      row.length = norm + EPSILON * powerOfTwo(-exponent);
      row.projection = norm * row.length;
    } else {
      row.zero = false;
      row.length = powerOfTwo(-exponent);
      row.projection = Infinity;
    }
    const gain = (scale * unit) / row.length;
    row.alpha = fround(gain);
    row.alphaOfInput = fround(gain * powerOfTwo(-exponent));
    row.ofVector = fround(scale / row.length);
  }

  return { row, read };
}
