import { Message } from "apache-arrow/fb/message";
import { MessageHeader } from "apache-arrow/fb/message-header";
import { MetadataVersion } from "apache-arrow/fb/metadata-version";
import { Problem } from "fixed-classifier-models/files";
import { CheckedBuffer } from "./checked.js";
import { damaged, reading } from "./problem.js";

/** A message without its body: its flatbuffer, and what it says of itself. */
export interface Head {
  readonly metadata: Uint8Array;
  readonly message: Message;
  readonly type: MessageHeader;
  readonly bodyLength: number;
}

export const CONTINUATION = 0xffffffff;

/** Before a message stand a mark and its length; before version 0.15 of Arrow the length only. */
export function frame(metadata: Uint8Array): Uint8Array {
  const padded = Math.ceil(metadata.length / 8) * 8;
  const bytes = new Uint8Array(8 + padded);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, CONTINUATION, true);
  view.setInt32(4, padded, true);
  bytes.set(metadata, 8);
  return bytes;
}

/** The mark at the end of a stream. */
export const END = Uint8Array.of(0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0);

export function headOf(name: string, metadata: Uint8Array): Head {
  return reading(name, () => {
    const message = Message.getRootAsMessage(new CheckedBuffer(metadata));
    const version = message.version();
    if (version < MetadataVersion.V4 || version > MetadataVersion.V5) {
      throw new Problem(
        `${name} is of Arrow's version ${version + 1} of metadata; 4 and 5 are read. Write it again by a newer Arrow`,
      );
    }
    const bodyLength = Number(message.bodyLength());
    if (!(bodyLength >= 0 && Number.isSafeInteger(bodyLength))) {
      throw damaged(name, `a message says that ${bodyLength} bytes follow it`);
    }
    return { metadata, message, type: message.headerType(), bodyLength };
  });
}

export { MessageHeader };
