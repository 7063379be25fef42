import { type Table as ArrowTable, DataType, tableFromIPC, util, Vector } from "apache-arrow";
import { Problem } from "../../problem.js";
import type { Column, Table } from "../content.js";
import { fromHalf } from "../elements.js";
import { ColumnBuilder, distinctNames } from "../tables/builder.js";
import { registerCodecs } from "./arrow-codecs.js";

/** The part of it that takes Arrow's library, 0.4 s to load: only who reads such a file loads it. */
export function readArrow(path: string, bytes: Uint8Array): Table {
  registerCodecs();
  const table = tableOf(path, bytes);
  const names = table.schema.fields.map(({ name }) => name);
  distinctNames(path, names);
  try {
    const columns = names.map((name, k) => columnOf(path, name, table.getChildAt(k) as Vector));
    return { kind: "table", path, rows: table.numRows, columns, placeOf: (row) => `row ${row + 1}` };
  } catch (error) {
    throw error instanceof Problem ? error : damaged(path, error);
  }
}

const damaged = (path: string, error: unknown): Problem =>
  new Problem(
    `${path} is cut off, damaged or no Arrow file (${(error as Error).message}). Write or fetch it again`,
    { cause: error },
  );

function tableOf(path: string, bytes: Uint8Array): ArrowTable {
  try {
    const table = tableFromIPC(bytes);
    if (table.schema.fields.length === 0) throw new Error("it has no columns");
    return table;
  } catch (error) {
    throw damaged(path, error);
  }
}

function columnOf(path: string, name: string, vector: Vector): Column {
  const { type } = vector;
  const builder = new ColumnBuilder(path, name, vector.length, DataType.isDictionary(type));
  const plain = plainOf(type);
  for (const value of vector) builder.add(value === null ? null : plain(value));
  return builder.finish();
}

/** What is in a column, as numbers, names and lists. */
function plainOf(type: DataType): (value: unknown) => unknown {
  if (DataType.isDecimal(type))
    return (value) => util.bigNumToNumber(value as Parameters<typeof util.bigNumToNumber>[0], type.scale);
  if (DataType.isFixedSizeList(type) || DataType.isList(type)) {
    const [{ type: inner }] = type.children;
    const half = DataType.isFloat(inner) && inner.precision === 0;
    return (value) => {
      if (!(value instanceof Vector)) return value;
      if (value.nullCount > 0) return [...value];
      const list = value.toArray();
      return half ? Float32Array.from(list as Uint16Array, fromHalf) : list;
    };
  }
  return (value) => value;
}
