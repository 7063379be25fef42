import type { Sink } from "../bytes/sink.js";
import type { FileBytes } from "../bytes/source.js";
import { CHUNK, META, metaOf } from "./footer.js";
import { damaged, reading } from "./problem.js";
import { I32, I64, readStruct, type Struct, writeStruct } from "./thrift.js";

const LOCATIONS = 1;
const OFFSET = 1;
const FILTER_BYTES = 1;
const FILTER_HEADER = 256;

/** A chunk that has been copied, and how far. */
export interface Moved {
  readonly chunk: Struct;
  readonly by: number;
}

/** Copies what stands behind the rows: filters and indexes of columns, which say where pages are. */
export async function copyIndexes(
  file: FileBytes,
  end: number,
  moved: readonly Moved[],
  sink: Sink,
): Promise<void> {
  for (const { chunk } of moved) await copyFilter(file, end, metaOf(file.name, chunk), sink);
  for (const { chunk } of moved) {
    await copyRange(file, end, chunk, CHUNK.columnIndex, CHUNK.columnIndexLength, sink, (bytes) => bytes);
  }
  for (const { chunk, by } of moved) {
    await copyRange(file, end, chunk, CHUNK.offsetIndex, CHUNK.offsetIndexLength, sink, (bytes) =>
      reading(file.name, () => {
        const { struct: index } = readStruct(bytes);
        for (const location of index.structs(LOCATIONS)) {
          location.set(OFFSET, I64, BigInt((location.number(OFFSET) ?? 0) + by));
        }
        return writeStruct(index);
      }),
    );
  }
}

async function copyRange(
  file: FileBytes,
  end: number,
  chunk: Struct,
  offsetId: number,
  lengthId: number,
  sink: Sink,
  change: (bytes: Uint8Array) => Uint8Array,
): Promise<void> {
  const offset = chunk.number(offsetId);
  const length = chunk.number(lengthId);
  if (offset === undefined || length === undefined) return;
  if (!(offset >= 0 && length >= 0 && offset + length <= end))
    throw damaged(file.name, "an index lies beyond its end");
  const bytes = change(await file.readAt(offset, length));
  chunk.set(offsetId, I64, BigInt(sink.position));
  chunk.set(lengthId, I32, bytes.length);
  await sink.write([bytes]);
}

async function copyFilter(file: FileBytes, end: number, meta: Struct, sink: Sink): Promise<void> {
  const offset = meta.number(META.bloomFilter);
  if (offset === undefined) return;
  if (!(offset >= 0 && offset < end)) throw damaged(file.name, "a filter lies beyond its end");
  let length = meta.number(META.bloomFilterLength);
  if (length === undefined) {
    // Older writers say only in its own header how long it is.
    const head = await file.readAt(offset, Math.min(FILTER_HEADER, end - offset));
    const { struct, end: after } = reading(file.name, () => readStruct(head));
    length = after + (struct.number(FILTER_BYTES) ?? Number.NaN);
  }
  if (!(length >= 0 && offset + length <= end)) throw damaged(file.name, "a filter lies beyond its end");
  meta.set(META.bloomFilter, I64, BigInt(sink.position));
  meta.set(META.bloomFilterLength, I32, length);
  await sink.write([await file.readAt(offset, length)]);
}
