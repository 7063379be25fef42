import { type Table as ArrowTable, DataType, tableFromIPC, util, Vector } from "apache-arrow";
import { Problem } from "../../problem.js";
import { glance, wholeFile } from "../bytes.js";
import type { Column } from "../content.js";
import { fromHalf } from "../elements.js";
import { ColumnBuilder, distinctNames } from "../tables/builder.js";
import { registerCodecs } from "./arrow-codecs.js";
import type { Format } from "./format.js";

/** A table as Arrow has it in memory, in a file or a stream; Feather's second version is the same. */
export const arrow: Format = {
  name: "Arrow or Feather table",
  endings: /\.(arrow|arrows|feather|ipc)$/i,
  read: async (path) => {
    const bytes = wholeFile(path);
    const edge = (from: number): string =>
      Buffer.from(bytes.subarray(from).subarray(0, 6)).toString("latin1");
    if (edge(0) === MAGIC && edge(bytes.length - MAGIC.length) !== MAGIC)
      throw new Problem(`${path} is cut off: it does not end as it starts. Write or fetch it again`);
    if (edge(0).startsWith("FEA1"))
      throw new Problem(
        `${path} is of Feather's first version. Save it again, as the second (pyarrow.feather.write_feather)`,
      );
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
  },
  // Names and lists take about what they take in the file, unless they are packed.
  estimate: async (path) => ({ memory: 2 * glance(path).length, disc: 0 }),
};

const MAGIC = "ARROW1";

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
