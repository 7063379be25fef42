import {
  asyncBufferFromFile,
  type FileMetaData,
  parquetMetadataAsync,
  parquetRead,
  parquetSchema,
} from "hyparquet";
import { compressors } from "hyparquet-compressors";
import { Problem } from "../../problem.js";
import { openBytes } from "../bytes.js";
import type { Table } from "../content.js";
import { ColumnBuilder, distinctNames } from "../tables/builder.js";
import type { Estimate } from "./format.js";

/** One group of rows is unpacked at a time. Its libraries are loaded by who reads such a file. */
export async function readParquet(path: string): Promise<Table> {
  const { file, metadata } = await opened(path);
  const names = parquetSchema(metadata).children.map(({ element }) => element.name);
  distinctNames(path, names);
  const rows = Number(metadata.num_rows);
  const builders = new Map(names.map((name) => [name, new ColumnBuilder(path, name, rows)]));
  for (const [rowStart, rowEnd] of groupsOf(metadata)) {
    const chunks = new Map<string, { from: number; values: ArrayLike<unknown> }[]>();
    const onChunk = (chunk: {
      columnName: string;
      columnData: ArrayLike<unknown>;
      rowStart: number;
    }): void => {
      const all = chunks.get(chunk.columnName) ?? [];
      all.push({ from: chunk.rowStart, values: chunk.columnData });
      chunks.set(chunk.columnName, all);
    };
    try {
      await parquetRead({ file, metadata, compressors, rowStart, rowEnd, onChunk });
    } catch (error) {
      throw damaged(path, error);
    }
    for (const [name, builder] of builders) {
      const found = (chunks.get(name) ?? []).sort((a, b) => a.from - b.from);
      for (const { values } of found) for (let k = 0; k < values.length; k++) builder.add(values[k]);
    }
  }
  const columns = [...builders.values()].map((builder) => builder.finish());
  return { kind: "table", path, rows, columns, placeOf: (row) => `row ${row + 1}` };
}

/** By the header at its end. */
export async function estimateParquet(path: string): Promise<Estimate> {
  const { metadata } = await opened(path);
  const rows = Number(metadata.num_rows);
  let memory = 0;
  for (const { columns } of metadata.row_groups)
    for (const { meta_data: column } of columns) {
      // Numbers become float64, those of lists float32; text is as long as it is and its n-grams take more.
      const values = Number(column?.num_values ?? 0);
      memory += column?.type === "BYTE_ARRAY" ? 3 * Number(column.total_uncompressed_size) : 8 * values;
    }
  return { memory: Math.max(memory, 4 * rows), disc: 0 };
}

const damaged = (path: string, error: unknown): Problem =>
  new Problem(
    `${path} is cut off, damaged or no Parquet file (${(error as Error).message}). Write or fetch it again`,
    { cause: error },
  );

type Opened = { file: Awaited<ReturnType<typeof asyncBufferFromFile>>; metadata: FileMetaData };

async function opened(path: string): Promise<Opened> {
  if (path.endsWith(".gz"))
    throw new Problem(`${path} is packed twice: Parquet packs by itself. Unpack it by gunzip`);
  // What cannot be opened at all is told by it.
  openBytes(path);
  const file = await asyncBufferFromFile(path);
  try {
    return { file, metadata: await parquetMetadataAsync(file) };
  } catch (error) {
    throw damaged(path, error);
  }
}

function groupsOf({ row_groups: groups }: FileMetaData): [number, number][] {
  let at = 0;
  return groups.map(({ num_rows: count }) => {
    const from = at;
    at += Number(count);
    return [from, at];
  });
}
