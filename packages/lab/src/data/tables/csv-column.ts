import { Problem } from "../../problem.js";
import { Coder, type Column } from "../content.js";

/** What stands for a number that is missing. Of names only the empty one does: NA is a country. */
const MISSING = new Set(["", "na", "n/a", "nan", "null", "none", "?"]);

const isMissing = (text: string): boolean => MISSING.has(text.trim().toLowerCase());

/** 007 is a name, as zip codes are. */
const NUMBER = /^\s*[+-]?(?:0|[1-9]\d*|(?=\.\d))(?:\.\d*)?(?:e[+-]?\d+)?\s*$/i;
const INFINITE = /^\s*[+-]?inf(inity)?\s*$/i;

export const isNumber = (text: string): boolean => NUMBER.test(text) || INFINITE.test(text);

/** Above this share of numbers, what is none is a mistake and no name. */
const NEARLY_ALL = 0.9;

/** A column of a table of text: numbers where the first rows have nothing else, names otherwise. */
export class CsvColumn {
  readonly #path: string;
  readonly #name: string;
  #numbers: Float64Array | null;
  #codes = new Int32Array(1024);
  readonly #coder = new Coder();
  #row = 0;
  #missing = -1;

  constructor(path: string, name: string, sample: readonly string[], asNames: boolean) {
    this.#path = path;
    this.#name = name;
    const known = sample.filter((text) => !isMissing(text));
    const numbers = known.filter(isNumber).length;
    this.#numbers = !asNames && numbers > NEARLY_ALL * known.length ? new Float64Array(1024) : null;
  }

  add(text: string, line: number): void {
    const row = this.#row++;
    if (this.#numbers !== null) {
      if (row === this.#numbers.length) this.#numbers = doubled(this.#numbers);
      this.#numbers[row] = this.#number(text, row, line);
      return;
    }
    if (row === this.#codes.length) this.#codes = doubled(this.#codes);
    this.#codes[row] = text.trim() === "" ? -1 : this.#coder.code(text);
  }

  #number(text: string, row: number, line: number): number {
    if (NUMBER.test(text)) return Number(text);
    if (INFINITE.test(text)) return text.includes("-") ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
    if (!isMissing(text))
      throw new Problem(
        `${this.#path}, line ${line}, column ${this.#name}: ${JSON.stringify(text.slice(0, 40))} is no number, and the column holds numbers elsewhere. Mend it or leave the row out`,
      );
    if (this.#missing === -1) this.#missing = row;
    return Number.NaN;
  }

  finish(): Column {
    const name = this.#name;
    if (this.#numbers !== null)
      return { kind: "numbers", name, values: this.#numbers.slice(0, this.#row), missing: this.#missing };
    const values = { codes: this.#codes.slice(0, this.#row), names: this.#coder.names };
    return { kind: "names", name, values, categorical: false };
  }
}

function doubled<T extends Float64Array | Int32Array>(values: T): T {
  const larger = new (values.constructor as new (length: number) => T)(2 * values.length);
  larger.set(values);
  return larger;
}
