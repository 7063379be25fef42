import { openBytes, readAll } from "../containers/bytes.js";
import { readIntegers } from "../containers/npy.js";
import { Problem } from "../problem.js";

const MOST_TEXT = 2 ** 28;

/** What labels are checked against. */
export interface Labelled {
  readonly rows: number;
  readonly classes: number;
  /** Labels of a text may be these. */
  readonly classNames: readonly string[] | null;
}

/**
 * A class a row: whole numbers in a `.npy` file, or a text with one a line, a number or the name of a class.
 *
 * @throws Problem with the row, for a label that is no class
 */
export function readLabels(path: string, { rows, classes, classNames }: Labelled): Int32Array {
  const isArray = /\.npy$/i.test(path);
  const source = openBytes(path);
  const given: readonly (number | string)[] = isArray
    ? Array.from(readIntegers(source))
    : linesOf(readAll(source, MOST_TEXT));
  if (given.length !== rows)
    throw new Problem(
      `${path} has ${given.length} labels, and there are ${rows} rows of features: give one a row, in their order`,
    );
  const named = new Map(classNames?.map((name, c) => [name, c]));
  return Int32Array.from(given, (label, row) => {
    const c =
      typeof label === "number" ? label : (named.get(label) ?? (label === "" ? Number.NaN : Number(label)));
    if (Number.isInteger(c) && c >= 0 && c < classes) return c;
    throw new Problem(
      `${path}: the label of row ${row} is ${JSON.stringify(label)}, and the layer has the classes 0 to ${classes - 1}${classNames === null ? "" : `, and their names, such as ${JSON.stringify(classNames[0])}`}: mend it, or leave the row out`,
    );
  });
}

/** An empty line at the end is none. */
function linesOf(bytes: Uint8Array): string[] {
  const text = Buffer.from(bytes)
    .toString("utf8")
    .replace(/^\uFEFF/, "")
    .replace(/\r?\n$/, "");
  return text.split(/\r?\n/).map((line) => line.trim());
}
