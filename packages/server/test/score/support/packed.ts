import { BodyCompression } from "apache-arrow/fb/body-compression";
import { BodyCompressionMethod } from "apache-arrow/fb/body-compression-method";
import { Buffer as BufferPlace } from "apache-arrow/fb/buffer";
import type { CompressionType } from "apache-arrow/fb/compression-type";
import { FieldNode } from "apache-arrow/fb/field-node";
import { KeyValue } from "apache-arrow/fb/key-value";
import { Message } from "apache-arrow/fb/message";
import { MessageHeader } from "apache-arrow/fb/message-header";
import { MetadataVersion } from "apache-arrow/fb/metadata-version";
import { RecordBatch } from "apache-arrow/fb/record-batch";
import { Builder } from "flatbuffers";
import { packingOf } from "../../../src/score/arrow/codecs.js";
import { END, frame } from "../../../src/score/arrow/message.js";
import { type BatchParts, batchOf, messagesOf } from "./messages.js";

/** A stream with each buffer of its batches packed, but for those that are as long as told, which say that they are not. */
export async function packed(
  bytes: Uint8Array,
  codec: CompressionType,
  plainLength = -1,
): Promise<Uint8Array> {
  const { pack } = await packingOf(codec);
  const plain = Buffer.from(BigInt64Array.of(-1n).buffer);
  return rebuilt(bytes, codec, (part) =>
    part.length === plainLength ? new Uint8Array(Buffer.concat([plain, part])) : pack(part),
  );
}

/** A stream with its batches unpacked, for readers that read no others. */
export async function unpacked(bytes: Uint8Array, codec: CompressionType): Promise<Uint8Array> {
  const { unpack } = await packingOf(codec);
  return rebuilt(bytes, undefined, (part) => unpack(part, 2 ** 24));
}

/** A stream whose batches have an entry of metadata each. */
export const withBatchMetadata = (bytes: Uint8Array, key: string, value: string): Uint8Array =>
  rebuilt(bytes, undefined, (part) => part, [key, value]);

function rebuilt(
  bytes: Uint8Array,
  codec: CompressionType | undefined,
  change: (buffer: Uint8Array) => Uint8Array,
  entry?: readonly [key: string, value: string],
): Uint8Array {
  const parts = messagesOf(bytes).flatMap((raw) => {
    if (raw.type !== MessageHeader.RecordBatch) return [frame(raw.metadata), raw.body];
    const batch = batchOf(raw);
    const buffers: [number, number][] = [];
    const contents: Uint8Array[] = [];
    let end = 0;
    for (const [offset, length] of batch.buffers) {
      const content = change(raw.body.subarray(offset, offset + length));
      const whole = new Uint8Array(Math.ceil(content.length / 8) * 8);
      whole.set(content);
      contents.push(whole);
      buffers.push([end, content.length]);
      end += whole.length;
    }
    return [frame(batchMessage({ ...batch, buffers }, codec, end, entry)), ...contents];
  });
  return new Uint8Array(Buffer.concat([...parts, END]));
}

function batchMessage(
  { rows, nodes, buffers }: BatchParts,
  codec: CompressionType | undefined,
  length: number,
  entry: readonly [key: string, value: string] | undefined,
): Uint8Array {
  const builder = new Builder();
  let custom = 0;
  if (entry !== undefined) {
    const [key, value] = entry.map((text) => builder.createString(text));
    custom = Message.createCustomMetadataVector(builder, [KeyValue.createKeyValue(builder, key, value)]);
  }
  RecordBatch.startNodesVector(builder, nodes.length);
  for (const [count, nulls] of [...nodes].reverse()) {
    FieldNode.createFieldNode(builder, BigInt(count), BigInt(nulls));
  }
  const nodeVector = builder.endVector();
  RecordBatch.startBuffersVector(builder, buffers.length);
  for (const [offset, size] of [...buffers].reverse()) {
    BufferPlace.createBuffer(builder, BigInt(offset), BigInt(size));
  }
  const bufferVector = builder.endVector();
  const how =
    codec === undefined
      ? 0
      : BodyCompression.createBodyCompression(builder, codec, BodyCompressionMethod.BUFFER);
  RecordBatch.startRecordBatch(builder);
  RecordBatch.addLength(builder, BigInt(rows));
  RecordBatch.addNodes(builder, nodeVector);
  RecordBatch.addBuffers(builder, bufferVector);
  RecordBatch.addCompression(builder, how);
  const batch = RecordBatch.endRecordBatch(builder);
  builder.finish(
    Message.createMessage(
      builder,
      MetadataVersion.V5,
      MessageHeader.RecordBatch,
      batch,
      BigInt(length),
      custom,
    ),
  );
  return builder.asUint8Array();
}
