import { Problem } from "../../problem.js";
import { Coder, type Column } from "../content.js";

/** Puts a column together from values as Parquet and Arrow give them; the first that is not missing says what the column holds. */
export class ColumnBuilder {
  readonly #path: string;
  readonly #name: string;
  readonly #rows: number;
  readonly #categorical: boolean;
  #row = 0;
  #missing = -1;
  #numbers: Float64Array | null = null;
  #names: { codes: Int32Array; coder: Coder } | null = null;
  #vectors: { width: number; values: Float32Array } | null = null;

  constructor(path: string, name: string, rows: number, categorical = false) {
    this.#path = path;
    this.#name = name;
    this.#rows = rows;
    this.#categorical = categorical;
  }

  add(value: unknown): void {
    const row = this.#row++;
    if (value === null || value === undefined) {
      if (this.#missing === -1) this.#missing = row;
      if (this.#numbers !== null) this.#numbers[row] = Number.NaN;
      if (this.#names !== null) this.#names.codes[row] = -1;
    } else if (typeof value === "string") this.#addName(row, value);
    else if (typeof value === "number" || typeof value === "bigint" || typeof value === "boolean")
      this.#addNumber(row, Number(value));
    else if (value instanceof Date) this.#addNumber(row, value.getTime());
    else if (Array.isArray(value) || (ArrayBuffer.isView(value) && !(value instanceof DataView)))
      this.#addVector(row, value as unknown as ArrayLike<number>);
    else
      throw this.#problem(
        row,
        "it holds records. Flatten it, or name the columns that are inputs by --columns",
      );
  }

  finish(): Column {
    const name = this.#name;
    if (this.#row !== this.#rows)
      throw new Problem(
        `${this.#path} is damaged: column ${name} has ${this.#row} of ${this.#rows} rows. Write or fetch it again`,
      );
    if (this.#vectors !== null) {
      if (this.#missing !== -1)
        throw this.#problem(this.#missing, "the value is missing. Fill it or leave the row out");
      return { kind: "vectors", name, ...this.#vectors };
    }
    if (this.#names !== null) {
      const { codes, coder } = this.#names;
      return { kind: "names", name, values: { codes, names: coder.names }, categorical: this.#categorical };
    }
    const values = this.#numbers ?? new Float64Array(this.#rows).fill(Number.NaN);
    return { kind: "numbers", name, values, missing: this.#missing };
  }

  #addNumber(row: number, value: number): void {
    if (this.#names !== null || this.#vectors !== null) throw this.#mixed(row);
    this.#numbers ??= new Float64Array(this.#rows).fill(Number.NaN, 0, row);
    this.#numbers[row] = value;
  }

  #addName(row: number, value: string): void {
    if (this.#numbers !== null || this.#vectors !== null) throw this.#mixed(row);
    this.#names ??= { codes: new Int32Array(this.#rows).fill(-1, 0, row), coder: new Coder() };
    this.#names.codes[row] = this.#names.coder.code(value);
  }

  #addVector(row: number, value: ArrayLike<number | bigint | null>): void {
    if (this.#numbers !== null || this.#names !== null) throw this.#mixed(row);
    this.#vectors ??= { width: value.length, values: new Float32Array(this.#rows * value.length) };
    const { width, values } = this.#vectors;
    if (value.length !== width)
      throw this.#problem(
        row,
        `the list has ${value.length} numbers, that of the first row ${width}. All have to be as long as each other`,
      );
    for (let k = 0; k < width; k++) {
      const number = value[k];
      if (typeof number !== "number" && typeof number !== "bigint")
        throw this.#problem(row, "the list holds something else than numbers. Lists of numbers can be read");
      values[row * width + k] = Number(number);
    }
  }

  #mixed = (row: number): Problem =>
    this.#problem(row, "the value is of another kind than those before it. Bring the column to one kind");

  #problem(row: number, what: string): Problem {
    return new Problem(`${this.#path}, row ${row + 1}, column ${this.#name}: ${what}`);
  }
}

export function distinctNames(path: string, names: readonly string[]): void {
  const twice = names.find((name, k) => names.indexOf(name) !== k);
  if (twice !== undefined)
    throw new Problem(`${path} has two columns of the name ${twice}. Rename or remove one of them`);
}
