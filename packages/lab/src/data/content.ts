import type { Element, Values } from "./elements.js";

/** What a file of any format holds: arrays under names, or the columns of a table. */
export type Content = Arrays | Table;

export interface Arrays {
  readonly kind: "arrays";
  readonly path: string;
  readonly arrays: readonly (NumberArray | NameArray)[];
}

export interface NumberArray {
  readonly kind: "numbers";
  /** Empty in a file that holds one array. */
  readonly name: string;
  readonly element: Element;
  readonly shape: readonly number[];
  readonly store: Store;
}

/** Strings, as labels are. */
export interface NameArray {
  readonly kind: "names";
  readonly name: string;
  readonly shape: readonly number[];
  readonly values: Coded;
}

/** The values of an array, row after row, in memory or in their file. */
export interface Store {
  /** In memory; 0 where they stay in their file. */
  readonly bytes: number;
  /** `count` values from `from` on: where they lie, and from where on there. Valid until the next call. */
  read(from: number, count: number): { readonly values: Values; readonly start: number };
}

/** Names by number: what labels, categories and sentences are read to. −1 is a missing one. */
export interface Coded {
  readonly codes: Int32Array;
  /** Each once, in the order of the first rows that have them. */
  readonly names: readonly string[];
}

export interface Table {
  readonly kind: "table";
  readonly path: string;
  readonly rows: number;
  readonly columns: readonly Column[];
  /** "line 7", "row 6": where a row is for who looks into the file. */
  readonly placeOf: (row: number) => string;
}

export type Column = NumberColumn | NameColumn | VectorColumn;

export interface NumberColumn {
  readonly kind: "numbers";
  readonly name: string;
  readonly values: Float64Array | Float32Array | Int32Array;
  /** The row of the first missing value, −1 where there is none. */
  readonly missing: number;
}

export interface NameColumn {
  readonly kind: "names";
  readonly name: string;
  readonly values: Coded;
  /** Of categories by their kind in the file, whatever they look like. */
  readonly categorical: boolean;
}

/** A list of numbers a row, all as long as each other. */
export interface VectorColumn {
  readonly kind: "vectors";
  readonly name: string;
  readonly width: number;
  readonly values: Float32Array;
}

/** Names one after the other, to be numbered as they come. */
export class Coder {
  readonly #numbers = new Map<string, number>();
  readonly names: string[] = [];

  code(name: string): number {
    const known = this.#numbers.get(name);
    if (known !== undefined) return known;
    const code = this.names.length;
    this.#numbers.set(name, code);
    this.names.push(name);
    return code;
  }
}

export function coded(values: Iterable<string>, rows: number): Coded {
  const coder = new Coder();
  const codes = new Int32Array(rows);
  let row = 0;
  for (const value of values) codes[row++] = coder.code(value);
  return { codes, names: coder.names };
}
