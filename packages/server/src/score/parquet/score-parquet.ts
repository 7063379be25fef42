import { setImmediate } from "node:timers/promises";
import { Problem } from "fixed-classifier-models/files";
import type { CompressionCodec } from "hyparquet";
import { CompressionCodecs } from "hyparquet/src/constants.js";
import type { Sink } from "../bytes/sink.js";
import type { FileBytes } from "../bytes/source.js";
import { COPY_BYTES, windowsOf } from "../bytes/windows.js";
import type { Job } from "../job.js";
import { checkNames } from "../quantities.js";
import { AddedColumns } from "./added-columns.js";
import { Assembler } from "./assemble.js";
import { chooseFeatures, type FeatureColumn, topColumns } from "./feature-column.js";
import { CHUNK, ELEMENT, FILE, GROUP, MAGIC, META, metaOf, placeOf, readFooter } from "./footer.js";
import { copyIndexes, type Moved } from "./indexes.js";
import { extendKeyValues } from "./key-values.js";
import { pagesOf } from "./pages.js";
import { damaged, reading } from "./problem.js";
import { I32, I64, LIST, STRUCT, Struct, writeStruct } from "./thrift.js";

const I16 = 4;

/** Of all groups of rows those from the first up to the end, which is left out. */
export interface GroupRange {
  readonly first: number;
  readonly end: number;
}

/**
 * Scores a file group by group. Pages of columns are copied as they are; only those of the features are unpacked, and pages of the added
 * columns are put behind each group.
 */
export async function scoreParquet(
  file: FileBytes,
  sink: Sink,
  range: GroupRange | undefined,
  job: Job,
): Promise<void> {
  const { name, size } = file;
  const { footer, start: footerStart } = await readFooter(file);
  const groups = groupsIn(name, footer.structs(FILE.rowGroups), range);
  const feature = reading(name, () => featureOf(name, footer, job));
  const codec = feature === undefined ? undefined : groups.map((group) => codecOf(name, group, feature))[0];
  const columns = new AddedColumns(
    job.added,
    job.labels.names,
    codec === undefined || codec === "UNCOMPRESSED" ? "UNCOMPRESSED" : "SNAPPY",
  );
  const moved: Moved[] = [];
  let rows = 0;
  await sink.write([MAGIC]);
  for (const [k, group] of groups.entries()) {
    const count = group.number(GROUP.numRows) ?? Number.NaN;
    const needed = count * job.scorer.bytesPerRow + 2 * COPY_BYTES;
    if (!(needed <= job.memory)) {
      throw new Problem(
        `${name}: a group of ${count} rows needs ${Math.ceil(needed / 2 ** 20)} MiB for its results; raise --memory, or write smaller groups`,
      );
    }
    const start = sink.position;
    const copying = copyChunks(file, group, sink, moved);
    // Told when its turn comes.
    copying.catch(() => {});
    if (feature !== undefined) {
      await scoreGroup(file, group, feature, columns, rows, count, job);
    }
    await copying;
    await addChunks(group, columns, sink);
    group.set(GROUP.fileOffset, I64, BigInt(start));
    group.set(GROUP.compressedBytes, I64, BigInt(sink.position - start));
    if (group.fields.has(GROUP.ordinal)) group.set(GROUP.ordinal, I16, k);
    rows += count;
    job.onRows(rows, (size * (k + 1)) / groups.length, size);
  }
  await copyIndexes(file, footerStart, moved, sink);
  const bytes = writeStruct(extendFooter(footer, groups, columns, rows, job));
  const length = new Uint8Array(4);
  new DataView(length.buffer).setUint32(0, bytes.length, true);
  await sink.write([bytes, length, MAGIC]);
}

function groupsIn(name: string, groups: readonly Struct[], range: GroupRange | undefined): Struct[] {
  if (range === undefined) return [...groups];
  if (range.first >= groups.length) {
    throw new Problem(
      `${name} has ${groups.length} groups of rows, the first being 0; --row-groups starts at ${range.first}`,
    );
  }
  return groups.slice(range.first, range.end);
}

function featureOf(name: string, footer: Struct, job: Job): FeatureColumn | undefined {
  const columns = topColumns(name, footer);
  checkNames(
    name,
    job.added,
    columns.map((column) => column.name),
  );
  return job.scorer.isIdle ? undefined : chooseFeatures(name, columns, job.features);
}

function chunkOf(name: string, group: Struct, index: number): Struct {
  const chunk = group.structs(GROUP.columns)[index];
  if (chunk === undefined) throw damaged(name, "a group of rows lacks a column");
  return chunk;
}

function codecOf(name: string, group: Struct, { index }: FeatureColumn): CompressionCodec {
  const codec = CompressionCodecs[metaOf(name, chunkOf(name, group, index)).number(META.codec) ?? -1];
  if (codec === undefined) throw damaged(name, "a column is packed in a way that there is not");
  return codec;
}

async function scoreGroup(
  file: FileBytes,
  group: Struct,
  feature: FeatureColumn,
  columns: AddedColumns,
  before: number,
  count: number,
  job: Job,
): Promise<void> {
  const { name } = file;
  const place = placeOf(name, chunkOf(name, group, feature.index));
  const codec = codecOf(name, group, feature);
  const rows = new Assembler(name, feature, job.scorer, before, (scored) => columns.add(scored));
  for await (const page of pagesOf(file, place, feature, codec, job.memory)) {
    rows.add(page);
    await setImmediate();
  }
  const found = rows.end() - before;
  if (found !== count) {
    throw damaged(name, `the column "${feature.name}" has ${found} rows in a group of ${count}`);
  }
}

/** Copies the pages of all columns of a group, and says where they are now. */
async function copyChunks(file: FileBytes, group: Struct, sink: Sink, moved: Moved[]): Promise<void> {
  for (const chunk of group.structs(GROUP.columns)) {
    const { start, length } = placeOf(file.name, chunk);
    const by = sink.position - start;
    for await (const part of windowsOf(file, start, length)) await sink.write([part]);
    const meta = metaOf(file.name, chunk);
    for (const id of [META.dataPage, META.indexPage, META.dictionaryPage]) shift(meta, id, by);
    shift(chunk, CHUNK.fileOffset, by);
    moved.push({ chunk, by });
  }
}

/** Zero stands for nothing. */
function shift(struct: Struct, id: number, by: number): void {
  const offset = struct.number(id) ?? 0;
  if (offset > 0) struct.set(id, I64, BigInt(offset + by));
}

async function addChunks(group: Struct, columns: AddedColumns, sink: Sink): Promise<void> {
  let total = group.number(GROUP.totalBytes) ?? 0;
  for (const { chunk, pages } of columns.take()) {
    const meta = metaOf("", chunk);
    const by = sink.position - (meta.number(META.dataPage) ?? 0);
    shift(meta, META.dataPage, by);
    shift(chunk, CHUNK.fileOffset, by);
    total += meta.number(META.uncompressed) ?? 0;
    group.items(GROUP.columns)?.push(chunk);
    await sink.write(pages);
  }
  group.set(GROUP.totalBytes, I64, BigInt(total));
}

function extendFooter(
  footer: Struct,
  groups: readonly Struct[],
  columns: AddedColumns,
  rows: number,
  job: Job,
): Struct {
  const [root] = footer.structs(FILE.schema);
  root.set(ELEMENT.children, I32, (root.number(ELEMENT.children) ?? 0) + job.added.length);
  footer.items(FILE.schema)?.push(...(job.added.length > 0 ? columns.schema() : []));
  footer.set(FILE.numRows, I64, BigInt(rows));
  footer.set(FILE.rowGroups, LIST, { element: STRUCT, items: [...groups] });
  const entries = footer.structs(FILE.keyValues);
  if (entries.length > 0) {
    footer.set(FILE.keyValues, LIST, { element: STRUCT, items: extendKeyValues(entries, job.added) });
  }
  // How values are compared: by their type.
  const byType = () => Struct.of([1, STRUCT, new Struct()]);
  footer.items(FILE.columnOrders)?.push(...job.added.map(byType));
  return footer;
}
