import { Problem } from "../problem.js";
import { product } from "./arrays.js";
import { chunksOf, type Digest } from "./hash.js";
import type { Rows } from "./inputs.js";
import { countsOf } from "./labels.js";
import type { PartName } from "./names.js";
import type { Divisible } from "./split.js";

/** What one pass over rows tells of every column. */
export interface Extent {
  readonly least: Float64Array;
  readonly most: Float64Array;
}

/** What messages call the places of values. */
export interface Names {
  readonly path: string;
  placeOf(row: number): string;
  columnName(place: number): string;
}

/** One pass over all rows: feeds the digest, refuses what is no finite number, and takes the extent of each column but of text. */
export function scan(all: Rows, { path, placeOf, columnName }: Names, digest: Digest): Extent {
  all.feed?.(digest);
  const inputs = all.dense ?? all;
  const width = product(inputs.shape);
  const least = new Float64Array(width).fill(Number.POSITIVE_INFINITY);
  const most = new Float64Array(width).fill(Number.NEGATIVE_INFINITY);
  for (const { first, values } of chunksOf(inputs, all.dense !== undefined)) {
    digest.numbers(values);
    for (let k = 0, column = 0; k < values.length; k++) {
      const value = values[k];
      if (value < least[column]) least[column] = value;
      if (value > most[column]) most[column] = value;
      if (value - value !== 0) {
        throw new Problem(
          `${path}, ${placeOf(first + Math.floor(k / width))}, ${columnName(column)}: the value is ${Number.isNaN(value) ? "no number (NaN)" : "infinite"}. Mend it or leave the row out`,
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
  columnName: (place: number) => string,
): string | null {
  const constant: string[] = [];
  least.forEach((value, place) => {
    if (value === most[place]) constant.push(columnName(place));
  });
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
  parts: Readonly<Record<PartName, Divisible>>,
  classes: readonly string[],
): string[] {
  const counts = {
    train: countsOf(parts.train.labels, classes.length),
    validation: countsOf(parts.validation.labels, classes.length),
    test: countsOf(parts.test.labels, classes.length),
  };
  for (const part of ["test", "validation"] as const) {
    const unknown = classes.filter((_, k) => counts.train[k] === 0 && counts[part][k] > 0);
    if (unknown.length > 0)
      throw new Problem(
        `${path}: no row of class ${listed(unknown)} is in the training part, and some are in the ${part} part. Add rows to train on, take theirs out, or divide by another --split-seed`,
      );
  }
  const notes: string[] = [];
  for (const part of ["validation", "test"] as const) {
    const absent = classes.filter((_, k) => counts.train[k] > 0 && counts[part][k] === 0);
    if (parts[part].labels.length === 0) notes.push(`The ${part} part has no rows.`);
    else if (absent.length > 0)
      notes.push(
        `${absent.length} of ${classes.length} classes (${listed(absent)}) have no row in the ${part} part.`,
      );
  }
  return notes;
}

/** That files which are a part each share no group. */
export function checkGroups(path: string, parts: Readonly<Record<PartName, Divisible>>): void {
  const partOf = new Map<number, PartName>();
  for (const part of ["train", "validation", "test"] as const)
    for (const group of parts[part].groups ?? []) {
      const other = partOf.get(group) ?? part;
      if (other !== part)
        throw new Problem(
          `${path}: rows of one group are in the ${other} part and in the ${part} part. Divide the files by groups, or leave --groups out`,
        );
      partOf.set(group, part);
    }
}

/** That the rows of all parts look alike. */
export function sameShapes(parts: readonly { path: string; shape: readonly number[] }[]): void {
  const [first, ...others] = parts;
  for (const { path, shape } of others)
    if (shape.join() !== first.shape.join())
      throw new Problem(
        `The rows of ${first.path} are ${first.shape.join(" × ")}, those of ${path} ${shape.join(" × ")}. Parts have rows of one shape`,
      );
}
