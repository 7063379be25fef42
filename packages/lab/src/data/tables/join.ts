import { basename } from "node:path";
import { Problem } from "../../problem.js";
import {
  Coder,
  type Column,
  type NameColumn,
  type NumberColumn,
  type Table,
  type VectorColumn,
} from "../content.js";
import { columnOf } from "./plan.js";

/** The rows of several tables one after the other, by the columns of the first. */
export function joinTables(tables: readonly Table[]): Table {
  const [first] = tables;
  if (tables.length === 1) return first;
  const starts = tables.map((_, k) => tables.slice(0, k).reduce((rows, table) => rows + table.rows, 0));
  return {
    kind: "table",
    path: first.path,
    rows: tables.reduce((rows, table) => rows + table.rows, 0),
    columns: first.columns.map((column) => joined(tables, column, starts)),
    placeOf: (row) => {
      const k = starts.findLastIndex((start) => start <= row);
      return `${tables[k].placeOf(row - starts[k])} of ${basename(tables[k].path)}`;
    },
  };
}

function joined(tables: readonly Table[], { name, kind }: Column, starts: readonly number[]): Column {
  const columns = tables.map((table) => {
    const column = columnOf(table, name);
    if (column.kind === kind) return column;
    throw new Problem(
      `${table.path}: column ${name} holds ${column.kind}, and in ${tables[0].path} ${kind}. Bring it to the same kind`,
    );
  });
  if (kind === "numbers") return joinedNumbers(name, columns as NumberColumn[], starts);
  if (kind === "names") return joinedNames(name, columns as NameColumn[]);
  return joinedVectors(tables, name, columns as VectorColumn[]);
}

function joinedNumbers(
  name: string,
  columns: readonly NumberColumn[],
  starts: readonly number[],
): NumberColumn {
  const values = new Float64Array(columns.reduce((rows, column) => rows + column.values.length, 0));
  columns.forEach((column, k) => {
    values.set(column.values, starts[k]);
  });
  const k = columns.findIndex(({ missing }) => missing !== -1);
  return { kind: "numbers", name, values, missing: k === -1 ? -1 : starts[k] + columns[k].missing };
}

function joinedNames(name: string, columns: readonly NameColumn[]): NameColumn {
  const coder = new Coder();
  const codes = columns.flatMap(({ values }) => {
    const numbers = values.names.map((some) => coder.code(some));
    return Array.from(values.codes, (code) => (code === -1 ? -1 : numbers[code]));
  });
  const categorical = columns.every((column) => column.categorical);
  return { kind: "names", name, values: { codes: Int32Array.from(codes), names: coder.names }, categorical };
}

function joinedVectors(
  tables: readonly Table[],
  name: string,
  columns: readonly VectorColumn[],
): VectorColumn {
  const [{ width }] = columns;
  const other = columns.findIndex((column) => column.width !== width);
  if (other !== -1)
    throw new Problem(
      `${tables[other].path}: the lists of column ${name} have ${columns[other].width} numbers, those of ${tables[0].path} ${width}. All have to be as long as each other`,
    );
  const values = new Float32Array(columns.reduce((length, column) => length + column.values.length, 0));
  let at = 0;
  for (const column of columns) {
    values.set(column.values, at);
    at += column.values.length;
  }
  return { kind: "vectors", name, width, values };
}
