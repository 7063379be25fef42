import { BodyCompression } from "apache-arrow/fb/body-compression";
import { BodyCompressionMethod } from "apache-arrow/fb/body-compression-method";
import { Buffer as BufferPlace } from "apache-arrow/fb/buffer";
import type { CompressionType } from "apache-arrow/fb/compression-type";
import { FieldNode } from "apache-arrow/fb/field-node";
import { RecordBatch } from "apache-arrow/fb/record-batch";
import type { Layout } from "./fields.js";
import type { Head } from "./message.js";
import { damaged, reading } from "./problem.js";

/** A part of a batch's body. */
export interface BufferRange {
  readonly offset: number;
  readonly length: number;
}

/** A batch's flatbuffer, checked against the schema. */
export interface BatchHead {
  readonly batch: RecordBatch;
  readonly rows: number;
  /** How its buffers are packed; undefined where they are not. */
  readonly codec: CompressionType | undefined;
  node(index: number): { readonly length: number; readonly nulls: number };
  /** A buffer's place, in the body for certain. */
  buffer(index: number): BufferRange;
}

export function batchHeadOf(name: string, { message, bodyLength }: Head, layout: Layout): BatchHead {
  return reading(name, () => {
    const batch = message.header(new RecordBatch()) as RecordBatch;
    const rows = sizeOf(name, batch.length(), "rows");
    let buffers = layout.buffers;
    for (let k = 0; k < batch.variadicBufferCountsLength(); k++) {
      buffers += Number(batch.variadicBufferCounts(k));
    }
    if (batch.nodesLength() !== layout.nodes || batch.buffersLength() !== buffers) {
      throw damaged(
        name,
        `a batch has ${batch.nodesLength()} nodes and ${batch.buffersLength()} buffers, its schema ${layout.nodes} and ${buffers}`,
      );
    }
    const compression = batch.compression(new BodyCompression());
    if (compression !== null && compression.method() !== BodyCompressionMethod.BUFFER) {
      throw damaged(name, "a batch is packed in a way that is not known");
    }
    return {
      batch,
      rows,
      codec: compression === null ? undefined : compression.codec(),
      node: (index) => {
        const node = batch.nodes(index, new FieldNode()) as FieldNode;
        return {
          length: sizeOf(name, node.length(), "values"),
          nulls: sizeOf(name, node.nullCount(), "nulls"),
        };
      },
      buffer: (index) => {
        const place = batch.buffers(index, new BufferPlace()) as BufferPlace;
        const offset = sizeOf(name, place.offset(), "bytes before a buffer");
        const length = sizeOf(name, place.length(), "bytes in a buffer");
        if (offset + length > bodyLength) throw damaged(name, "a buffer ends behind the body of its batch");
        return { offset, length };
      },
    };
  });
}

function sizeOf(name: string, given: bigint, what: string): number {
  const size = Number(given);
  if (size >= 0 && Number.isSafeInteger(size)) return size;
  throw damaged(name, `a batch says that it has ${given} ${what}`);
}
