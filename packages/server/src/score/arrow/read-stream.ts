import { Schema } from "apache-arrow/fb/schema";
import { Problem } from "fixed-classifier-models/files";
import { type ByteSource, cutOff } from "../bytes/source.js";
import { tooLarge } from "../size.js";
import { CONTINUATION, type Head, headOf, MessageHeader } from "./message.js";
import { damaged, reading } from "./problem.js";
import type { ArrowReader } from "./reader.js";

/** Longer metadata than that has no table. */
const LONGEST = 2 ** 28;
const PART = 2 ** 20;

/** What begins with these four bytes is no stream, though it is a table: its places are told at its end. */
const FILES: ReadonlyMap<number, string> = new Map([
  [Buffer.from("ARROW1").readUInt32LE(), "an Arrow file"],
  [Buffer.from("PAR1").readUInt32LE(), "Parquet"],
]);

/** Reads a stream: messages up to an end mark, or up to the end. */
export async function openStream(source: ByteSource, most: number): Promise<ArrowReader> {
  const { name, size } = source;
  let position = 0;

  const fill = async (target: Uint8Array): Promise<number> => {
    const count = await source.fill(target);
    position += count;
    return count;
  };

  /** Exactly so many bytes. They are asked for in parts: a length that is wrong must not be allocated before the bytes come. */
  const exactly = async (length: number): Promise<Uint8Array> => {
    const parts: Uint8Array[] = [];
    for (let left = length; left > 0; left -= PART) {
      const part = new Uint8Array(Math.min(left, PART));
      if ((await fill(part)) < part.length) throw cutOff(name);
      parts.push(part);
    }
    return parts.length === 1 ? parts[0] : new Uint8Array(Buffer.concat(parts));
  };

  const int32 = async (): Promise<number | undefined> => {
    const bytes = new Uint8Array(4);
    const count = await fill(bytes);
    if (count === 0) return undefined;
    if (count < 4) throw cutOff(name);
    return new DataView(bytes.buffer).getUint32(0, true);
  };

  const next = async (): Promise<Head | undefined> => {
    let length = await int32();
    if (length === CONTINUATION) {
      length = await int32();
      if (length === undefined) throw cutOff(name);
    }
    if (length === undefined) return undefined;
    if (length === 0) {
      if ((await fill(new Uint8Array(1))) > 0) {
        throw new Problem(`${name}: bytes follow the end of its stream; give one stream at a time`);
      }
      return undefined;
    }
    const file = FILES.get(length);
    if (file !== undefined && position === 4) {
      throw new Problem(`${name} is ${file}, where only an Arrow stream can come; give the file by its name`);
    }
    if (length > LONGEST) throw damaged(name, `a message says that its metadata has ${length} bytes`);
    if (length > most) throw tooLarge(name, "a message without its rows", length, most);
    const head = headOf(name, await exactly(length));
    if (size !== undefined && position + head.bodyLength > size) throw cutOff(name);
    return head;
  };

  const first = await next();
  if (first === undefined) {
    throw new Problem(`${name} has no Arrow stream: it is empty, and even a table without rows has a schema`);
  }
  if (first.type !== MessageHeader.Schema) throw damaged(name, "it does not start with a schema");
  await exactly(first.bodyLength);
  const { metadata: bytes, message } = first;
  const schema = reading(name, () => message.header(new Schema()) as Schema);
  return {
    name,
    size,
    get position() {
      return position;
    },
    schema: { bytes, schema, version: message.version(), message },
    footer: undefined,
    place: undefined,
    next,
    body: async (target) => {
      if ((await fill(target)) < target.length) throw cutOff(name);
    },
  };
}
