import { linesOf } from "../class-names.js";
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
  const named = classesByName(classNames ?? []);
  return Int32Array.from(given, (label, row) => {
    const [found, other] = typeof label === "number" ? [label] : (named.get(label) ?? [numberOf(label)]);
    const c = found as number;
    if (other !== undefined)
      throw new Problem(
        `${path}: the label of row ${row} is ${JSON.stringify(label)}, the name of the classes ${c} and ${other}: give the number of the class there`,
      );
    if (Number.isInteger(c) && c >= 0 && c < classes) return c;
    throw new Problem(
      `${path}: the label of row ${row} is ${JSON.stringify(label)}, and the layer has the classes 0 to ${classes - 1}${classNames === null ? "" : `, and their names, such as ${JSON.stringify(classNames[0])}`}: mend it, or leave the row out`,
    );
  });
}

/** Some names are those of several classes: ImageNet has a crane that flies and one that lifts. */
function classesByName(names: readonly string[]): Map<string, number[]> {
  const named = new Map<string, number[]>();
  for (const [c, name] of names.entries()) {
    const same = named.get(name);
    if (same === undefined) named.set(name, [c]);
    else same.push(c);
  }
  return named;
}

const numberOf = (text: string): number => (text === "" ? Number.NaN : Number(text));
