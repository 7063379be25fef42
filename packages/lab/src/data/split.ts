import { Random } from "../random.js";
import { byGroups } from "./grouped.js";

/** Which rows go where: numbers of rows, in ascending order. */
export interface Split {
  readonly train: Int32Array;
  readonly validation: Int32Array;
  readonly test: Int32Array;
}

export interface Shares {
  readonly validation: number;
  readonly test: number;
}

/** What is divided: the class of each row and, where rows belong together, its group. */
export interface Divisible {
  readonly labels: Int32Array;
  readonly groups: Int32Array | null;
}

/**
 * Every class is divided by the same shares, to a row; which rows go where is drawn from the seed. The training part has one row at least
 * of each class before the others have any. Where there are groups, they stay together, and shares are kept as nearly as that allows.
 */
export function split({ labels, groups }: Divisible, shares: Shares, seed: number): Split {
  const { validation, test } = shares;
  const part =
    groups === null
      ? stratified(labels, shares, seed)
      : byGroups(labels, groups, [1 - validation - test, validation, test], seed);
  return { train: rowsWhere(part, 0), validation: rowsWhere(part, 1), test: rowsWhere(part, 2) };
}

/** Folds of as equal a size as can be, every class spread over all: the number of the fold of each row. */
export function folds({ labels, groups }: Divisible, count: number, seed: number): Int32Array {
  if (groups !== null) return byGroups(labels, groups, new Array(count).fill(1 / count), seed);
  const fold = new Int32Array(labels.length);
  let next = 0;
  for (const rows of shuffledByClass(labels, seed))
    for (const row of rows) {
      fold[row] = next;
      next = (next + 1) % count;
    }
  return fold;
}

export function rowsWhere(part: Int32Array, wanted: number): Int32Array {
  const rows: number[] = [];
  part.forEach((own, row) => {
    if (own === wanted) rows.push(row);
  });
  return Int32Array.from(rows);
}

function stratified(labels: Int32Array, shares: Shares, seed: number): Int32Array {
  const part = new Int32Array(labels.length);
  const testOf = shareTaker(shares.test);
  const validationOf = shareTaker(shares.validation);
  for (const rows of shuffledByClass(labels, seed)) {
    const test = testOf(rows.length, rows.length - 1);
    const validation = validationOf(rows.length, rows.length - 1 - test);
    rows.forEach((row, k) => {
      part[row] = k < test ? 2 : k < test + validation ? 1 : 0;
    });
  }
  return part;
}

/** How many of a class's rows: what is rounded away of one class is given to the next, so that all together come out right. */
function shareTaker(share: number): (count: number, most: number) => number {
  let carried = 0;
  return (count, most) => {
    const wanted = count * share + carried;
    const taken = Math.max(0, Math.min(most, Math.round(wanted)));
    carried = Math.max(-0.5, Math.min(0.5, wanted - taken));
    return taken;
  };
}

function shuffledByClass(labels: Int32Array, seed: number): number[][] {
  const classes = labels.reduce((most, label) => Math.max(most, label), -1) + 1;
  const byClass = Array.from({ length: classes }, (): number[] => []);
  labels.forEach((label, row) => {
    byClass[label].push(row);
  });
  return byClass.map((rows, k) =>
    Array.from(new Random(seed, "split", k).permutation(rows.length), (i) => rows[i]),
  );
}
