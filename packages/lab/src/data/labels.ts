import { Problem } from "../problem.js";
import { product } from "./arrays.js";
import { type Coded, Coder, type NameArray, type NumberArray } from "./content.js";

/** Labels of any kind as names: numbers by their digits, strings as they are. */
export function labelsOf(array: NumberArray | NameArray, path: string): Coded {
  const { shape } = array;
  const [rows = 0, ...rest] = shape;
  if (product(rest) !== 1 || shape.length === 0) {
    throw new Problem(
      `${path}${named(array.name)} has the shape ${shape.join(" × ") || "of one value"}, and labels are one a row. Save the number of the class of each row (numpy.argmax where a row has a score for each class)`,
    );
  }
  if (array.kind === "names") return array.values;
  const { element, store } = array;
  const values = new Float64Array(rows);
  for (let from = 0; from < rows; from += STEP) {
    const count = Math.min(STEP, rows - from);
    const read = store.read(from, count);
    element.decode(read.values, read.start, count, values, from);
  }
  return numbersAsNames(values, (row) => `${path}${named(array.name)}, row ${row + 1}`);
}

const STEP = 2 ** 16;

const named = (name: string): string => (name === "" ? "" : ` (${name})`);

/** Numbers of classes, floats among them, if they are whole. */
export function numbersAsNames(values: ArrayLike<number>, place: (row: number) => string): Coded {
  const coder = new Coder();
  const seen = new Map<number, number>();
  const codes = new Int32Array(values.length);
  for (let row = 0; row < values.length; row++) {
    const value = values[row];
    let code = seen.get(value);
    if (code === undefined) {
      if (!Number.isSafeInteger(value)) {
        throw new Problem(
          `${place(row)}: the label is ${value}, which is no class. Labels are whole numbers or names; what is measured rather than named has to be put into classes first`,
        );
      }
      code = coder.code(String(value));
      seen.set(value, code);
    }
    codes[row] = code;
  }
  return { codes, names: coder.names };
}

/** 007 is a name. */
const isWhole = (name: string): boolean => /^(0|-?[1-9]\d{0,14})$/.test(name);

/** Numbers by their size, other names by their letters' code units, so that no locale changes the order. */
export function sortedClasses(names: Iterable<string>): string[] {
  const unique = [...new Set(names)];
  if (unique.every(isWhole)) return unique.sort((a, b) => Number(a) - Number(b));
  return unique.sort();
}

/** The number of the class of each row. Every name of `labels` has to be among `classes`. */
export function numbered({ codes, names }: Coded, classes: readonly string[]): Int32Array {
  const numbers = new Map(classes.map((name, k) => [name, k]));
  const ofCode = names.map((name) => numbers.get(name) ?? -1);
  return codes.map((code) => (code === -1 ? -1 : ofCode[code]));
}

/** What is worth telling of the numbers that labels have, null where they are 0 … classes − 1 or names. */
export function numberingNote(classes: readonly string[]): string | null {
  if (!classes.every(isWhole)) return null;
  const first = Number(classes[0]);
  const last = Number(classes.at(-1));
  if (last - first + 1 !== classes.length) {
    const missing = last - first + 1 - classes.length;
    return `The labels go from ${first} to ${last} and skip ${missing === 1 ? "one number" : `${missing} numbers`}; there are ${classes.length} classes.`;
  }
  return first === 0
    ? null
    : `The labels start at ${first}; class ${first} is the first of ${classes.length}.`;
}

/** Rows of each class. */
export function countsOf(labels: Int32Array, classes: number): Int32Array {
  const counts = new Int32Array(classes);
  for (const label of labels) counts[label]++;
  return counts;
}

export function joined(a: Int32Array, b: Int32Array): Int32Array {
  const both = new Int32Array(a.length + b.length);
  both.set(a);
  both.set(b, a.length);
  return both;
}

/** Those of the names that some row has. */
export function used({ codes, names }: Coded): string[] {
  const seen = new Uint8Array(names.length);
  for (const code of codes) seen[code] = 1;
  return names.filter((_, code) => seen[code] === 1);
}
