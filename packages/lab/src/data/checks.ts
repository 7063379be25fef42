import { Problem } from "../problem.js";
import { product } from "./arrays.js";
import { chunksOf, type Digest } from "./hash.js";
import type { Rows } from "./inputs.js";
import { countsOf } from "./labels.js";
import type { PartName } from "./names.js";

/** What one pass over rows tells of every column. */
export interface Extent {
  readonly least: Float32Array;
  readonly most: Float32Array;
}

/** One pass over all rows: feeds the digest, refuses what is no finite number, and takes the extent of each column. */
export function scan(
  path: string,
  inputs: Rows,
  columnName: (column: number) => string,
  digest: Digest,
): Extent {
  const width = product(inputs.shape);
  const least = new Float32Array(width).fill(Number.POSITIVE_INFINITY);
  const most = new Float32Array(width).fill(Number.NEGATIVE_INFINITY);
  for (const { first, values } of chunksOf(inputs)) {
    digest.numbers(values);
    for (let k = 0, column = 0; k < values.length; k++) {
      const value = values[k];
      if (value < least[column]) least[column] = value;
      if (value > most[column]) most[column] = value;
      if (value - value !== 0) {
        throw new Problem(
          `${path}, row ${first + Math.floor(k / width) + 1}, ${columnName(column)}: the value is ${Number.isNaN(value) ? "no number (NaN)" : "infinite"}. Mend it or leave the row out`,
        );
      }
      if (++column === width) column = 0;
    }
  }
  return { least, most };
}

/** Names some, and how many more there are. */
export function listed(names: readonly string[], most = 5): string {
  const some = names.slice(0, most).join(", ");
  return names.length > most ? `${some} and ${names.length - most} more` : some;
}

export function constantColumns(
  { least, most }: Extent,
  columnName: (column: number) => string,
): string | null {
  const constant: string[] = [];
  for (let column = 0; column < least.length; column++)
    if (least[column] === most[column]) constant.push(columnName(column));
  if (constant.length === 0) return null;
  const [verb, them] = constant.length === 1 ? ["has", "It tells"] : ["have", "They tell"];
  return `${capitalised(listed(constant))} ${verb} the same value in every row. ${them} nothing.`;
}

const capitalised = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

/** That there is something to learn: rows, two classes, and rows enough for them. */
export function checkClasses(path: string, rows: number, classes: readonly string[]): void {
  if (rows === 0) throw new Problem(`${path} has no rows. It takes some of at least two classes`);
  if (classes.length === 1)
    throw new Problem(`${path}: all ${rows} rows are of class ${classes[0]}. It takes at least two classes`);
  if (classes.length > rows)
    throw new Problem(
      `${path} has ${classes.length} classes and ${rows} rows to learn them from. Are the labels really classes? Name another column by --label`,
    );
}

/** A class that is tested and was never trained on cannot be right; one that is trained on only is worth a note. */
export function checkParts(
  path: string,
  parts: Readonly<Record<PartName, Int32Array>>,
  classes: readonly string[],
): string[] {
  const counts = {
    train: countsOf(parts.train, classes.length),
    validation: countsOf(parts.validation, classes.length),
    test: countsOf(parts.test, classes.length),
  };
  for (const part of ["test", "validation"] as const) {
    const unknown = classes.filter((_, k) => counts.train[k] === 0 && counts[part][k] > 0);
    if (unknown.length > 0)
      throw new Problem(
        `${path}: no row of class ${listed(unknown)} is in the training part, and some are in the ${part} part. Add rows to train on, take theirs out, or divide by another --seed`,
      );
  }
  const notes: string[] = [];
  for (const part of ["validation", "test"] as const) {
    const absent = classes.filter((_, k) => counts.train[k] > 0 && counts[part][k] === 0);
    if (parts[part].length === 0) notes.push(`The ${part} part has no rows.`);
    else if (absent.length > 0)
      notes.push(
        `${absent.length} of ${classes.length} classes (${listed(absent)}) have no row in the ${part} part.`,
      );
  }
  return notes;
}
