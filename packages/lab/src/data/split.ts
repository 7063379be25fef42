import { Random } from "../random.js";

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

/**
 * Every class is divided by the same shares, to a row; which rows go where is drawn from the seed. The training part has one row at least
 * of each class, before the others have any.
 */
export function stratified(labels: Int32Array, classes: number, shares: Shares, seed: number): Split {
  const parts: number[][] = [[], [], []];
  const carried = { validation: 0, test: 0 };
  shuffledByClass(labels, classes, seed).forEach((rows) => {
    const test = take(rows.length, shares.test, rows.length - 1, carried, "test");
    const validation = take(rows.length, shares.validation, rows.length - 1 - test, carried, "validation");
    rows.forEach((row, k) => {
      parts[k < test ? 2 : k < test + validation ? 1 : 0].push(row);
    });
  });
  const [train, validation, test] = parts.map((rows) => Int32Array.from(rows).sort());
  return { train, validation, test };
}

/** How many of a class's rows: what is rounded away of one class is given to the next, so that all together come out right. */
function take(count: number, share: number, most: number, carried: Shares, part: keyof Shares): number {
  const wanted = count * share + carried[part];
  const taken = Math.max(0, Math.min(most, Math.round(wanted)));
  (carried as Record<keyof Shares, number>)[part] = Math.max(-0.5, Math.min(0.5, wanted - taken));
  return taken;
}

/** Folds of as equal a size as can be, every class spread over all: the number of the fold of each row. */
export function dealt(labels: Int32Array, classes: number, folds: number, seed: number): Int32Array {
  const fold = new Int32Array(labels.length);
  let next = 0;
  for (const rows of shuffledByClass(labels, classes, seed))
    for (const row of rows) {
      fold[row] = next;
      next = (next + 1) % folds;
    }
  return fold;
}

function shuffledByClass(labels: Int32Array, classes: number, seed: number): number[][] {
  const byClass = Array.from({ length: classes }, (): number[] => []);
  labels.forEach((label, row) => {
    byClass[label].push(row);
  });
  return byClass.map((rows, k) =>
    Array.from(new Random(seed, "split", k).permutation(rows.length), (i) => rows[i]),
  );
}
