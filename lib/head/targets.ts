import { checkArray, checkInteger, checkLabels, typedArrayName } from "../checks.js";
import { checkWeights } from "../losses/loss.js";

/** One class a row, an integer from 0 to classes − 1. */
export type Labels =
  | readonly number[]
  | Int8Array
  | Uint8Array
  | Uint8ClampedArray
  | Int16Array
  | Uint16Array
  | Int32Array
  | Uint32Array;

/** Which rows count, and how much: options of every loss. */
export interface RowOptions {
  /** Rows of this label are left out: they have a loss of 0 and no gradient, whatever their features are, and do not count in the mean. */
  ignoreIndex?: number;
  /**
   * One number a row, at least 0, which multiplies its loss and gradients; the mean is divided by their sum. Rows of weight 0 are left out.
   */
  sampleWeights?: Float32Array | readonly number[];
}

/** The names of {@link RowOptions}. */
export const ROW_OPTIONS = ["ignoreIndex", "sampleWeights"] as const satisfies (keyof RowOptions)[];

/** What rows should be. */
export interface Targets {
  /** One a row; −1 where the row is left out; null for soft targets. */
  readonly labels: Int32Array | null;
  /** rows × classes; null for labels. */
  readonly soft: Float32Array | null;
  /** How much each row counts; null: 1. */
  readonly weights: Float32Array | null;
}

export function checkTargets(
  given: Labels | Float32Array,
  rows: number,
  classes: number,
  { ignoreIndex, sampleWeights }: RowOptions,
): Targets {
  let weights =
    sampleWeights === undefined ? null : checkWeights("sampleWeights", sampleWeights, rows, "row");
  if (typedArrayName(given) === "Float32Array") {
    if (ignoreIndex !== undefined) {
      throw new TypeError("ignoreIndex is for labels, and these are soft targets; use sampleWeights of 0");
    }
    return { labels: null, soft: checkSoftTargets(given, rows, classes), weights };
  }
  if (ignoreIndex === undefined) return { labels: checkLabels(given, rows, classes), soft: null, weights };
  checkInteger("ignoreIndex", ignoreIndex, -(2 ** 31), 2 ** 31 - 1);
  const labels = checkLabels(given, rows, classes, ignoreIndex);
  weights = weights === null ? new Float32Array(rows).fill(1) : weights.slice();
  for (let r = 0; r < rows; r++) if (labels[r] === -1) weights[r] = 0;
  return { labels, soft: null, weights };
}

function checkSoftTargets(given: unknown, rows: number, classes: number): Float32Array {
  checkArray("labels", given, "Float32Array");
  if (given.length !== rows * classes) {
    throw new RangeError(
      `labels is a Float32Array of ${given.length} elements: soft targets for ${rows} rows of ${classes} classes ` +
        `are ${rows * classes}; labels are integers, for example an Int32Array`,
    );
  }
  return given;
}
