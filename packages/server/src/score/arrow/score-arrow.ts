import { setImmediate } from "node:timers/promises";
import type { CompressionType } from "apache-arrow/fb/compression-type";
import type { RecordBatch } from "apache-arrow/fb/record-batch";
import { Budget } from "../bytes/budget.js";
import { Pool } from "../bytes/pool.js";
import type { Sink } from "../bytes/sink.js";
import { COPY_BYTES, windowsOf } from "../bytes/windows.js";
import type { Job } from "../job.js";
import { checkNames } from "../quantities.js";
import { BYTES, ChunkScorer, chunksOf, type RowPlan } from "../rows.js";
import type { Scored } from "../scorer.js";
import { tooLarge } from "../size.js";
import { type AddedBuffers, addedBuffers } from "./append.js";
import { type BatchHead, type BufferRange, batchHeadOf } from "./batch.js";
import { chooseFeatures } from "./choose.js";
import type { Packing } from "./codecs.js";
import { extendBatchMessage } from "./extend.js";
import { type FeatureField, type Layout, layoutOf } from "./fields.js";
import { type Head, MessageHeader } from "./message.js";
import { featureBuffers, planOf } from "./plan.js";
import { damaged, reading } from "./problem.js";
import type { ArrowReader } from "./reader.js";
import { ArrowWriter, padding } from "./writer.js";

/** What is to be done next: a message, its body or where that is, and what gives back the memory that it holds. */
interface Work {
  readonly head: Head;
  readonly batch: BatchHead | undefined;
  readonly body: Body;
  release(): void;
}

/** A body in memory, or in the file where it is too large for that. */
interface Body {
  /** The bytes of a part; valid until the next are asked for where they come from a file. */
  read(range: BufferRange): Uint8Array | Promise<Uint8Array>;
  pieces(): Iterable<Uint8Array> | AsyncIterable<Uint8Array>;
}

/** Scores a table message by message: while one is scored, the next is read and the one before is written. */
export async function scoreArrow(reader: ArrowReader, sink: Sink, isFile: boolean, job: Job): Promise<void> {
  const { layout, feature } = prepare(reader, job);
  const budget = new Budget(job.memory);
  const pool = new Pool();
  const writer = new ArrowWriter(sink, job.added, isFile ? reader.footer : undefined);
  const chunks = new ChunkScorer();
  const packings = packingsOf(reader.name);
  let rows = 0;

  const read = async (): Promise<Work | undefined> => {
    const head = await reader.next();
    if (head === undefined) return undefined;
    if (head.type !== MessageHeader.RecordBatch && head.type !== MessageHeader.DictionaryBatch) {
      throw damaged(reader.name, `it has a message of a kind that tables have not (${head.type})`);
    }
    const batch =
      head.type === MessageHeader.RecordBatch ? batchHeadOf(reader.name, head, layout) : undefined;
    const besides = batch === undefined ? 0 : besidesOf(batch, feature, job);
    const whole = head.bodyLength + besides;
    if (whole <= budget.limit) {
      const giveBack = await budget.take(whole);
      const { bytes, release } = pool.take(head.bodyLength);
      await reader.body(bytes);
      return {
        head,
        batch,
        body: inMemory(bytes),
        release: () => {
          release();
          giveBack();
        },
      };
    }
    const { place } = reader;
    const needed = batch === undefined ? 0 : partsOf(batch, feature) + besides + 2 * COPY_BYTES;
    if (place === undefined || needed > budget.limit) {
      throw tooLarge(reader.name, "a batch", place === undefined ? whole : needed, job.memory, "batches");
    }
    const release = await budget.take(needed);
    return { head, batch, body: inFile(place, head.bodyLength), release };
  };

  const score = async (batch: BatchHead, body: Body): Promise<AddedBuffers> => {
    const packing = await packings(batch.codec);
    let scored: Scored;
    if (feature === undefined) scored = job.scorer.batch(0).scored(batch.rows, null);
    else {
      const { plan, values } = await planned(reader.name, feature, batch, packing, body, job, rows);
      const results = job.scorer.batch(batch.rows);
      for (const chunk of chunksOf(plan, feature.number)) {
        const size = BYTES[feature.number];
        const range = { offset: chunk.from * size, length: (chunk.to - chunk.from) * size };
        chunks.add(plan, chunk, feature.number, await values(range), results);
        // Meanwhile the next batch comes in and the last goes out.
        await setImmediate();
      }
      scored = results.scored(batch.rows, plan.valid);
    }
    return addedBuffers(scored, job.added, job.labels, packing);
  };

  await writer.begin(reader.schema);
  // Memory is given back also when writing failed: who waits for it is told then.
  let written = Promise.resolve();
  let coming = read();
  for (;;) {
    const work = await coming;
    if (work === undefined) break;
    coming = read();
    // What goes wrong there is told when its turn comes.
    coming.catch(() => {});
    const { head, batch, body, release } = work;
    if (batch === undefined) {
      await written;
      written = writer.write(head.type, head.metadata, head.bodyLength, body.pieces()).finally(release);
    } else {
      const added = await score(batch, body);
      const start = head.bodyLength + padding(head.bodyLength);
      const metadata = extendBatchMessage(head, batch.batch as RecordBatch, added, start);
      await written;
      const pieces = together(body, new Uint8Array(start - head.bodyLength), added.bytes);
      written = writer.write(head.type, metadata, start + added.bytes.length, pieces).finally(release);
      rows += batch.rows;
      job.onRows(rows, reader.position, reader.size);
    }
    written.catch(() => {});
  }
  await written;
  await writer.end();
  // Behind the rows stands no more than an end mark or a footer.
  job.onRows(rows, reader.size ?? reader.position, reader.size);
}

function prepare(reader: ArrowReader, job: Job): { layout: Layout; feature: FeatureField | undefined } {
  const { name } = reader;
  const { schema, version } = reader.schema;
  return reading(name, () => {
    const layout = layoutOf(name, schema, version);
    checkNames(
      name,
      job.added,
      layout.columns.map((column) => column.name),
    );
    const feature = job.scorer.isIdle
      ? undefined
      : chooseFeatures(name, layout, job.scorer.width, job.features);
    return { layout, feature };
  });
}

/** Libraries that pack are loaded when a batch is packed. */
function packingsOf(name: string): (codec: CompressionType | undefined) => Promise<Packing | undefined> {
  const known = new Map<CompressionType, Promise<Packing>>();
  return async (codec) => {
    if (codec === undefined) return undefined;
    const { packingOf } = await import("./codecs.js");
    const packing = known.get(codec) ?? packingOf(codec);
    known.set(codec, packing);
    return packing.catch((error) => {
      throw damaged(name, (error as Error).message, error);
    });
  };
}

/** Bytes that a batch needs besides its body: results, and its features where they must be unpacked. */
function besidesOf({ rows, codec }: BatchHead, feature: FeatureField | undefined, job: Job): number {
  const unpacked =
    codec === undefined || feature === undefined ? 0 : rows * job.scorer.width * BYTES[feature.number];
  return rows * job.scorer.bytesPerRow + unpacked;
}

/** Bytes of the buffers that are read whole when the body is not. */
function partsOf(batch: BatchHead, feature: FeatureField | undefined): number {
  if (feature === undefined) return 0;
  const { validity, offsets, childValidity, values } = featureBuffers(feature);
  const whole = [validity, childValidity];
  if (offsets !== undefined) whole.push(offsets);
  if (batch.codec !== undefined) whole.push(values);
  return whole.reduce((sum, index) => sum + 2 * batch.buffer(index).length, 0);
}

/** The rows' places, and what reads their numbers. */
async function planned(
  name: string,
  feature: FeatureField,
  batch: BatchHead,
  packing: Packing | undefined,
  body: Body,
  job: Job,
  before: number,
): Promise<{ plan: RowPlan; values: (range: BufferRange) => Uint8Array | Promise<Uint8Array> }> {
  const at = featureBuffers(feature);
  const whole = async (index: number): Promise<Uint8Array> => {
    const bytes = await body.read(batch.buffer(index));
    return packing === undefined ? bytes : reading(name, () => packing.unpack(bytes, job.memory));
  };
  const validity = await whole(at.validity);
  const offsets = at.offsets === undefined ? new Uint8Array(0) : await whole(at.offsets);
  const childValidity = await whole(at.childValidity);
  let valueBytes: number;
  let values: (range: BufferRange) => Uint8Array | Promise<Uint8Array>;
  if (packing === undefined) {
    const place = batch.buffer(at.values);
    valueBytes = place.length;
    values = ({ offset, length }) => body.read({ offset: place.offset + offset, length });
  } else {
    const unpacked = await whole(at.values);
    valueBytes = unpacked.length;
    values = ({ offset, length }) => unpacked.subarray(offset, offset + length);
  }
  const buffers = { validity, offsets, childValidity, valueBytes };
  return { plan: planOf(name, feature, batch, job.scorer.width, before, buffers), values };
}

const inMemory = (bytes: Uint8Array): Body => ({
  read: ({ offset, length }) => bytes.subarray(offset, offset + length),
  pieces: () => [bytes],
});

function inFile({ file, offset: start }: NonNullable<ArrowReader["place"]>, bodyLength: number): Body {
  return {
    read: ({ offset, length }) => file.readAt(start + offset, length),
    pieces: () => windowsOf(file, start, bodyLength),
  };
}

async function* together(body: Body, ...others: readonly Uint8Array[]): AsyncGenerator<Uint8Array> {
  yield* body.pieces();
  yield* others;
}
