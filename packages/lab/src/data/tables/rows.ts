import { Problem } from "../../problem.js";
import {
  type Column,
  coded,
  type NameColumn,
  type NumberColumn,
  type Table,
  type VectorColumn,
} from "../content.js";
import type { Floats } from "../elements.js";
import type { Digest } from "../hash.js";
import type { Rows } from "../inputs.js";
import { type ColumnPlan, columnOf } from "./plan.js";
import { hashedNGrams, type Sparse } from "./text.js";

/** Writes what a column gives of a row to `out` from `at` on, where zeros are. */
interface Piece {
  readonly width: number;
  readonly bytes: number;
  write(row: number, out: Floats, at: number): void;
  /** Of text, which is zero nearly everywhere. */
  readonly sparse?: Sparse & { readonly codes: Int32Array };
}

/** The rows of a table: its columns stay as they are, and become the numbers of a row when it is asked for. */
export class TableRows implements Rows {
  readonly shape: readonly number[];
  readonly bytes: number;
  readonly dense: Rows;
  readonly #pieces: readonly Piece[];

  static of(table: Table, plans: readonly ColumnPlan[]): TableRows {
    return new TableRows(
      table.rows,
      plans.map((plan) => pieceOf(table, plan)),
    );
  }

  private constructor(
    readonly rows: number,
    pieces: readonly Piece[],
  ) {
    this.shape = [pieces.reduce((width, piece) => width + piece.width, 0)];
    this.bytes = pieces.reduce((bytes, piece) => bytes + piece.bytes, 0);
    this.#pieces = pieces;
    const dense = pieces.filter(({ sparse }) => sparse === undefined);
    this.dense = dense.length === pieces.length ? this : new TableRows(rows, dense);
  }

  feed(digest: Digest): void {
    for (const { sparse } of this.#pieces) {
      if (sparse === undefined) continue;
      for (const part of [sparse.codes, sparse.starts, sparse.columns, sparse.values]) digest.numbers(part);
    }
  }

  gather(rows: ArrayLike<number>, out: Floats): void {
    const [width] = this.shape;
    out.fill(0, 0, rows.length * width);
    let at = 0;
    for (const piece of this.#pieces) {
      for (let i = 0; i < rows.length; i++) piece.write(rows[i], out, i * width + at);
      at += piece.width;
    }
  }
}

function pieceOf(table: Table, plan: ColumnPlan): Piece {
  const column = columnOf(table, plan.name);
  if (plan.kind === "number" && column.kind === "numbers") return numberPiece(table, column);
  if (plan.kind === "vector" && column.kind === "vectors" && column.width === plan.width)
    return vectorPiece(column);
  const names = column.kind === "numbers" ? digitsOf(column) : column;
  if (plan.kind === "category" && names.kind === "names") return categoryPiece(table, names, plan.values);
  if (plan.kind === "text" && names.kind === "names") return textPiece(table, names, plan.hash);
  throw new Problem(
    `${table.path}: column ${plan.name} holds ${described(column)}, where ${wanted(plan)} are looked for. Bring it to the same kind`,
  );
}

/** A few rows of names may all look like numbers. */
function digitsOf({ name, values }: NumberColumn): NameColumn {
  const texts = Array.from(values, (value) => (Number.isNaN(value) ? "" : String(value)));
  const { codes, names } = coded(texts, texts.length);
  const known = codes.map((code) => (names[code] === "" ? -1 : code));
  return { kind: "names", name, values: { codes: known, names }, categorical: false };
}

const described = (column: Column): string =>
  column.kind === "vectors" ? `lists of ${column.width} numbers` : column.kind;

const wanted = (plan: ColumnPlan): string => {
  if (plan.kind === "number") return "numbers";
  return plan.kind === "vector" ? `lists of ${plan.width} numbers` : "names";
};

function missingAt(table: Table, name: string, row: number): Problem {
  return new Problem(
    `${table.path}, ${table.placeOf(row)}, column ${name}: the value is missing. Fill it or leave the row out`,
  );
}

function numberPiece(table: Table, { name, values, missing }: NumberColumn): Piece {
  if (missing !== -1) throw missingAt(table, name, missing);
  return {
    width: 1,
    bytes: values.byteLength,
    write: (row, out, at) => {
      out[at] = values[row];
    },
  };
}

function vectorPiece({ width, values }: VectorColumn): Piece {
  return {
    width,
    bytes: values.byteLength,
    write: (row, out, at) => out.set(values.subarray(row * width, (row + 1) * width), at),
  };
}

/** A one at the place of the category; nothing for one that was not there when the places were given. */
function categoryPiece(table: Table, column: NameColumn, known: readonly string[]): Piece {
  const { codes, names } = column.values;
  const missing = codes.indexOf(-1);
  if (missing !== -1) throw missingAt(table, column.name, missing);
  const places = new Map(known.map((name, place) => [name, place]));
  const placeOf = Int32Array.from(names, (name) => places.get(name) ?? -1);
  return {
    width: known.length,
    bytes: codes.byteLength,
    write: (row, out, at) => {
      const place = placeOf[codes[row]];
      if (place !== -1) out[at + place] = 1;
    },
  };
}

function textPiece(table: Table, column: NameColumn, width: number): Piece {
  const { codes, names } = column.values;
  const missing = codes.indexOf(-1);
  if (missing !== -1) throw missingAt(table, column.name, missing);
  const sparse = { codes, ...hashedNGrams(names, width) };
  const { starts, columns, values } = sparse;
  return {
    width,
    sparse,
    bytes: codes.byteLength + starts.byteLength + columns.byteLength + values.byteLength,
    write: (row, out, at) => {
      for (let k = starts[codes[row]]; k < starts[codes[row] + 1]; k++) out[at + columns[k]] = values[k];
    },
  };
}
