import { type Answerer, bestOf, logitsOf } from "./answer.js";
import type { Logits } from "./original.js";
import type { CalibrationRows } from "./rows.js";

/** What a candidate costs, on rows that were held out. Shares are from 0 to 1. */
export interface Costs {
  readonly rows: number;
  /** Of rows whose best class is the original's. */
  readonly agreement: number;
  /** Of rows that have the original's best class among the first five. */
  readonly amongFive: number;
  /** Of rows whose best class is the label; null without labels. */
  readonly accuracy: number | null;
  /** The mean of KL(original ‖ candidate) of the probabilities, in nats, without what scores again. */
  readonly divergence: number;
}

/** What the original says of the rows that are held out. */
export interface Original {
  readonly logits: Logits;
  readonly best: Int32Array;
  readonly accuracy: number | null;
}

/** Rows at a time, so that memory is bounded by the classes and not by the rows. */
const ROWS = 128;

export function* pieces(x: Float32Array, features: number): Generator<{ first: number; some: Float32Array }> {
  for (let first = 0; first * features < x.length; first += ROWS)
    yield { first, some: x.subarray(first * features, (first + ROWS) * features) };
}

export function answersOf(
  logits: Logits,
  { x, labels }: CalibrationRows,
  features: number,
  classes: number,
): Original {
  const best = new Int32Array(x.length / features);
  for (const { first, some } of pieces(x, features)) {
    const z = logits(some);
    for (let r = 0; r * classes < z.length; r++)
      best[first + r] = indexOfLargest(z.subarray(r * classes, (r + 1) * classes));
  }
  return { logits, best, accuracy: labels === null ? null : shareWhere(best, (c, r) => c === labels[r]) };
}

export function costsOf(
  candidate: Answerer,
  original: Original,
  { x, labels }: CalibrationRows,
  features: number,
): Costs {
  const { classes } = candidate.head;
  const k = Math.min(5, classes);
  const rows = original.best.length;
  const five = new Int32Array(rows * k);
  let divergence = 0;
  for (const { first, some } of pieces(x, features)) {
    five.set(bestOf(candidate, some, k), first * k);
    const mine = logitsOf(candidate, some);
    const theirs = original.logits(some);
    for (let z = 0; z < mine.length; z += classes)
      divergence += divergenceOf(theirs.subarray(z, z + classes), mine.subarray(z, z + classes));
  }
  const { best } = original;
  return {
    rows,
    agreement: shareWhere(best, (c, r) => five[r * k] === c),
    amongFive: shareWhere(best, (c, r) => five.subarray(r * k, (r + 1) * k).includes(c)),
    accuracy: labels === null ? null : shareWhere(labels, (c, r) => five[r * k] === c),
    divergence: divergence / rows,
  };
}

/** KL(p ‖ q) in nats of the softmax of two rows of logits; classes that p masks with −∞ count nothing. */
export function divergenceOf(p: Float32Array, q: Float32Array): number {
  const [a, b] = [logSumExp(p), logSumExp(q)];
  let sum = 0;
  for (let c = 0; c < p.length; c++) {
    if (p[c] === Number.NEGATIVE_INFINITY) continue;
    sum += Math.exp(p[c] - a) * (p[c] - a - (q[c] - b));
  }
  return Math.max(sum, 0);
}

function logSumExp(z: Float32Array): number {
  const largest = z.reduce((a, b) => Math.max(a, b));
  let sum = 0;
  for (const value of z) sum += Math.exp(value - largest);
  return largest + Math.log(sum);
}

/** Of several the first, as topK does. */
function indexOfLargest(z: Float32Array): number {
  let at = 0;
  for (let c = 1; c < z.length; c++) if (z[c] > z[at]) at = c;
  return at;
}

function shareWhere(values: Int32Array, is: (value: number, row: number) => boolean): number {
  let count = 0;
  for (let row = 0; row < values.length; row++) if (is(values[row], row)) count++;
  return count / values.length;
}
