import { Problem } from "fixed-classifier-models/files";
import type { CompressionCodec } from "hyparquet";
import { CompressionCodecs } from "hyparquet/src/constants.js";
import type { Sink } from "../bytes/sink.js";
import type { FileBytes } from "../bytes/source.js";
import { COPY_BYTES, windowsOf } from "../bytes/windows.js";
import type { Job } from "../job.js";
import { checkNames } from "../quantities.js";
import type { Scored } from "../scorer.js";
import { tooLarge } from "../size.js";
import { AddedColumns } from "./added-columns.js";
import { Assembler } from "./assemble.js";
import { chooseFeatures, type FeatureColumn, topColumns } from "./feature-column.js";
import { CHUNK, ELEMENT, FILE, GROUP, MAGIC, META, metaOf, placeOf, readFooter } from "./footer.js";
import { copyIndexes, type Moved } from "./indexes.js";
import { extendKeyValues } from "./key-values.js";
import { Unpacker } from "./pages.js";
import { damaged, reading } from "./problem.js";
import { rawPagesOf } from "./raw-pages.js";
import { I32, I64, LIST, STRUCT, Struct, writeStruct } from "./thrift.js";

const I16 = 4;

/** Of all groups of rows those from the first up to the end, which is left out. */
export interface GroupRange {
  readonly first: number;
  readonly end: number;
}

/**
 * Scores a file group by group. Pages of columns are copied as they are; only those of the features are unpacked too, and pages of the
 * added columns are put behind each group.
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
  const codec =
    feature === undefined
      ? undefined
      : groups.map((group) => codecOf(name, chunkOf(name, group, feature.index)))[0];
  const columns = new AddedColumns(
    job.added,
    job.labels.names,
    codec === undefined || codec === "UNCOMPRESSED" ? "UNCOMPRESSED" : "SNAPPY",
  );
  const moved: Moved[] = [];
  let rows = 0;
  await sink.write([MAGIC]);
  for (const [k, group] of groups.entries()) {
    const count = group.number(GROUP.numRows) ?? -1;
    if (!(count >= 0)) throw damaged(name, `a group of rows is said to have ${count}`);
    const needed = count * job.scorer.bytesPerRow + 2 * COPY_BYTES;
    if (needed > job.memory) {
      throw tooLarge(name, `a group of ${count} rows`, needed, job.memory, "groups");
    }
    const start = sink.position;
    for (const [index, chunk] of group.structs(GROUP.columns).entries()) {
      const place = placeOf(name, chunk);
      const by = sink.position - place.start;
      if (index !== feature?.index) await copyPages(file, place, sink);
      else columns.add(await scorePages(file, chunk, feature, rows, count, needed, sink, job));
      moveChunk(name, chunk, by);
      moved.push({ chunk, by });
    }
    await addChunks(group, columns, sink);
    group.set(GROUP.fileOffset, I64, BigInt(start));
    group.set(GROUP.compressedBytes, I64, BigInt(sink.position - start));
    if (group.fields.has(GROUP.ordinal)) group.set(GROUP.ordinal, I16, k);
    rows += count;
    job.onRows(rows, (size * (k + 1)) / groups.length, size);
  }
  await copyIndexes(file, footerStart, moved, sink);
  const bytes = writeStruct(await extendFooter(footer, groups, columns, rows, job));
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

function codecOf(name: string, chunk: Struct): CompressionCodec {
  const codec = CompressionCodecs[metaOf(name, chunk).number(META.codec) ?? -1];
  if (codec === undefined) throw damaged(name, "a column is packed in a way that there is not");
  return codec;
}

async function copyPages(
  file: FileBytes,
  { start, length }: { readonly start: number; readonly length: number },
  sink: Sink,
): Promise<void> {
  for await (const part of windowsOf(file, start, length)) await sink.write([part]);
}

/** Copies the pages of the features and scores them: while one is written and scored, the next is read. */
async function scorePages(
  file: FileBytes,
  chunk: Struct,
  feature: FeatureColumn,
  before: number,
  count: number,
  held: number,
  sink: Sink,
  job: Job,
): Promise<Scored> {
  const { name } = file;
  const unpacker = new Unpacker(name, feature, codecOf(name, chunk));
  const rows = new Assembler(name, feature, job.scorer, before, count);
  for await (const raw of rawPagesOf(file, placeOf(name, chunk), feature, job.memory, held)) {
    const written = sink.write(raw.pieces);
    // Told when its turn comes.
    written.catch(() => {});
    const page = unpacker.unpack(raw);
    if (page !== undefined) rows.add(page);
    await written;
  }
  return rows.end();
}

/** Says where the pages of a column are now. */
function moveChunk(name: string, chunk: Struct, by: number): void {
  const meta = metaOf(name, chunk);
  for (const id of [META.dataPage, META.indexPage, META.dictionaryPage]) shift(meta, id, by);
  shift(chunk, CHUNK.fileOffset, by);
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

async function extendFooter(
  footer: Struct,
  groups: readonly Struct[],
  columns: AddedColumns,
  rows: number,
  job: Job,
): Promise<Struct> {
  const [root] = footer.structs(FILE.schema);
  root.set(ELEMENT.children, I32, (root.number(ELEMENT.children) ?? 0) + job.added.length);
  footer.items(FILE.schema)?.push(...(job.added.length > 0 ? columns.schema() : []));
  footer.set(FILE.numRows, I64, BigInt(rows));
  footer.set(FILE.rowGroups, LIST, { element: STRUCT, items: [...groups] });
  const entries = footer.structs(FILE.keyValues);
  if (entries.length > 0) {
    footer.set(FILE.keyValues, LIST, { element: STRUCT, items: await extendKeyValues(entries, job.added) });
  }
  // How values are compared: by their type.
  const byType = () => Struct.of([1, STRUCT, new Struct()]);
  footer.items(FILE.columnOrders)?.push(...job.added.map(byType));
  return footer;
}
