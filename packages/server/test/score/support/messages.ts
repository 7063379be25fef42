import { Buffer as BufferPlace } from "apache-arrow/fb/buffer";
import { FieldNode } from "apache-arrow/fb/field-node";
import { Footer } from "apache-arrow/fb/footer";
import { Message } from "apache-arrow/fb/message";
import { MessageHeader } from "apache-arrow/fb/message-header";
import { RecordBatch } from "apache-arrow/fb/record-batch";
import { ByteBuffer } from "flatbuffers";

/** A message as it lies in a stream. */
export interface Raw {
  readonly type: MessageHeader;
  readonly metadata: Uint8Array;
  readonly body: Uint8Array;
}

/** The messages of a stream, or of a file in the order of its footer without the schema, read by hand. */
export function messagesOf(bytes: Uint8Array): Raw[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const at = (offset: number): Raw => {
    const start = view.getUint32(offset, true) === 0xffffffff ? offset + 8 : offset + 4;
    const length = view.getInt32(start - 4, true);
    const metadata = bytes.slice(start, start + length);
    const message = Message.getRootAsMessage(new ByteBuffer(metadata));
    const body = bytes.slice(start + length, start + length + Number(message.bodyLength()));
    return { type: message.headerType(), metadata, body };
  };
  if (Buffer.from(bytes.subarray(0, 6)).toString() === "ARROW1") {
    const length = view.getInt32(bytes.length - 10, true);
    const footer = Footer.getRootAsFooter(
      new ByteBuffer(bytes.slice(bytes.length - 10 - length, bytes.length - 10)),
    );
    const places = [
      ...Array.from({ length: footer.dictionariesLength() }, (_, k) => footer.dictionaries(k)),
      ...Array.from({ length: footer.recordBatchesLength() }, (_, k) => footer.recordBatches(k)),
    ];
    return places.map((place) => at(Number(place?.offset())));
  }
  const messages: Raw[] = [];
  for (let offset = 0; offset < bytes.length; ) {
    const isMarked = view.getUint32(offset, true) === 0xffffffff;
    const length = view.getInt32(offset + (isMarked ? 4 : 0), true);
    if (length === 0) break;
    const raw = at(offset);
    messages.push(raw);
    offset += (isMarked ? 8 : 4) + length + raw.body.length;
  }
  return messages;
}

export interface BatchParts {
  readonly rows: number;
  readonly nodes: readonly (readonly [length: number, nulls: number])[];
  readonly buffers: readonly (readonly [offset: number, length: number])[];
}

export function batchOf({ metadata }: Raw): BatchParts {
  const message = Message.getRootAsMessage(new ByteBuffer(metadata));
  const batch = message.header(new RecordBatch()) as RecordBatch;
  return {
    rows: Number(batch.length()),
    nodes: Array.from({ length: batch.nodesLength() }, (_, k) => {
      const node = batch.nodes(k, new FieldNode()) as FieldNode;
      return [Number(node.length()), Number(node.nullCount())] as const;
    }),
    buffers: Array.from({ length: batch.buffersLength() }, (_, k) => {
      const place = batch.buffers(k, new BufferPlace()) as BufferPlace;
      return [Number(place.offset()), Number(place.length())] as const;
    }),
  };
}

/** Whether all that came in stands in what went out as it was: what was added stands behind it. */
export function passedOn(before: Uint8Array, after: Uint8Array): boolean {
  const [were, are] = [before, after].map((bytes) =>
    messagesOf(bytes).filter(({ type }) => type !== MessageHeader.Schema),
  );
  if (were.length !== are.length) return false;
  return were.every((was, k) => {
    const is = are[k];
    if (was.type !== is.type || Buffer.compare(was.body, is.body.subarray(0, was.body.length)) !== 0)
      return false;
    if (was.type !== MessageHeader.RecordBatch) return was.body.length === is.body.length;
    const [first, second] = [batchOf(was), batchOf(is)];
    const startsWith = <T>(all: readonly T[], some: readonly T[]) =>
      JSON.stringify(all.slice(0, some.length)) === JSON.stringify(some);
    return (
      first.rows === second.rows &&
      startsWith(second.nodes, first.nodes) &&
      startsWith(second.buffers, first.buffers)
    );
  });
}
