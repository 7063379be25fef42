import { Problem } from "../problem.js";
import { permutation, randomBits } from "./random.js";

/** Rows of features as the last layer sees them, and what they are, where that is known. */
export interface CalibrationRows {
  /** Rows × features, finite. */
  readonly x: Float32Array;
  /** A class a row, or null. */
  readonly labels: Int32Array | null;
}

export interface Split {
  /** What candidates are made of. */
  readonly calibration: CalibrationRows;
  /** What they are judged by. */
  readonly heldOut: CalibrationRows;
}

/** Of fewer rows that are held out a share says little: one of a hundred is a point. */
const ENOUGH = 100;

/** Rows that are held out are a part, by default a fifth, of all; at least a hundred of them, or half of fewer than two hundred. */
export function splitRows(
  { x, labels }: CalibrationRows,
  features: number,
  { seed = 0, heldOut = 0.2 }: { readonly seed?: number; readonly heldOut?: number } = {},
): Split {
  const count = x.length / features;
  if (!Number.isInteger(count))
    throw new Problem(
      `${x.length} numbers are no whole rows of ${features} features: give the features that the last layer takes`,
    );
  if (count < 4)
    throw new Problem(`there are ${count} calibration rows: give at least 4, better 500 and more`);
  if (labels !== null && labels.length !== count)
    throw new Problem(`there are ${labels.length} labels for ${count} rows: give one a row, or none`);
  if (!(heldOut > 0 && heldOut < 1))
    throw new Problem(`the part that is held out is ${heldOut}: give one above 0 and below 1, such as 0.2`);
  const least = Math.min(ENOUGH, Math.floor(count / 2));
  const held = Math.min(Math.max(Math.round(count * heldOut), least), count - 2);
  const order = permutation(count, randomBits(seed));
  const some = (rows: Int32Array): CalibrationRows => ({
    x: gather(x, features, rows),
    labels: labels === null ? null : rows.map((row) => labels[row]),
  });
  return { calibration: some(order.subarray(0, count - held)), heldOut: some(order.subarray(count - held)) };
}

function gather(x: Float32Array, features: number, rows: Int32Array): Float32Array {
  const some = new Float32Array(rows.length * features);
  for (let i = 0; i < rows.length; i++)
    some.set(x.subarray(rows[i] * features, (rows[i] + 1) * features), i * features);
  return some;
}
