import type { Block } from "apache-arrow/fb/block";
import { Footer } from "apache-arrow/fb/footer";
import type { MetadataVersion } from "apache-arrow/fb/metadata-version";
import type { Schema } from "apache-arrow/fb/schema";
import { cutOff, type FileBytes } from "../bytes/source.js";
import { CheckedBuffer } from "./checked.js";
import type { BlockPlace } from "./extend.js";
import { CONTINUATION, type Head, headOf, MessageHeader } from "./message.js";
import { damaged, reading } from "./problem.js";
import type { ArrowReader } from "./reader.js";

export const MAGIC = Buffer.from("ARROW1");
/** At its end a file has the length of its footer and the magic again. */
const TAIL = 4 + MAGIC.length;
const START = 8;

/** Reads a file by its footer, which says where the dictionaries and batches are and which count. */
export async function openFile(file: FileBytes): Promise<ArrowReader> {
  const { name, size } = file;
  if (size < START + TAIL) throw cutOff(name);
  const tail = await file.readAt(size - TAIL, TAIL);
  if (!MAGIC.equals(tail.subarray(4))) throw cutOff(name);
  const length = new DataView(tail.buffer).getInt32(0, true);
  if (length <= 0 || length > size - START - TAIL)
    throw damaged(name, `its footer is said to have ${length} bytes`);
  const footer = await file.readAt(size - TAIL - length, length);
  const { schema, version, blocks } = reading(name, () => partsOf(name, footer, size - TAIL - length));
  let at = -1;
  let body = 0;
  let passed = 0;
  return {
    name,
    size,
    get position() {
      return passed;
    },
    // Some writers leave it out at the start of a file; all write it in the footer.
    schema: { bytes: footer, schema, version, message: undefined },
    footer,
    get place() {
      return { file, offset: body };
    },
    next: async () => {
      at++;
      if (at === blocks.length) return undefined;
      const { head, end } = await headAt(file, blocks[at]);
      if (head.type !== blocks[at].type)
        throw damaged(name, "its footer names another message than there is");
      body = end;
      passed = end + head.bodyLength;
      return head;
    },
    body: async (target) => {
      if ((await file.fillAt(target, body)) < target.length) throw cutOff(name);
    },
  };
}

type TypedPlace = BlockPlace & { readonly type: MessageHeader };

function partsOf(
  name: string,
  bytes: Uint8Array,
  end: number,
): { schema: Schema; version: MetadataVersion; blocks: TypedPlace[] } {
  const footer = Footer.getRootAsFooter(new CheckedBuffer(bytes));
  const schema = footer.schema();
  if (schema === null) throw damaged(name, "its footer has no schema");
  const placeOf = (block: Block, type: MessageHeader): TypedPlace => {
    const offset = Number(block.offset());
    const metadataLength = block.metaDataLength();
    const bodyLength = Number(block.bodyLength());
    if (
      !(
        offset >= START &&
        metadataLength > 0 &&
        bodyLength >= 0 &&
        offset + metadataLength + bodyLength <= end
      )
    ) {
      throw damaged(name, "its footer points beyond its end");
    }
    return { offset, metadataLength, bodyLength, type };
  };
  const blocks: TypedPlace[] = [];
  for (let k = 0; k < footer.dictionariesLength(); k++) {
    blocks.push(placeOf(footer.dictionaries(k) as Block, MessageHeader.DictionaryBatch));
  }
  for (let k = 0; k < footer.recordBatchesLength(); k++) {
    blocks.push(placeOf(footer.recordBatches(k) as Block, MessageHeader.RecordBatch));
  }
  return { schema, version: footer.version(), blocks };
}

/** A message, and where its body is. */
async function headAt(
  file: FileBytes,
  { offset, metadataLength, bodyLength }: BlockPlace,
): Promise<{ head: Head; end: number }> {
  const { name } = file;
  const prefix = await file.readAt(offset, 8);
  const view = new DataView(prefix.buffer);
  const isMarked = view.getUint32(0, true) === CONTINUATION;
  const start = offset + (isMarked ? 8 : 4);
  const length = view.getInt32(isMarked ? 4 : 0, true);
  const end = offset + metadataLength;
  if (length <= 0 || start + length > end) throw damaged(name, "a message is longer than its place");
  const head = headOf(name, await file.readAt(start, length));
  if (head.bodyLength > bodyLength) throw damaged(name, "a message's body is longer than its place");
  return { head, end };
}
