import type { PageHeader } from "hyparquet";
import { parquetHeader } from "hyparquet/src/column.js";
import { Scratch } from "../bytes/scratch.js";
import { cutOff, type FileBytes } from "../bytes/source.js";
import { BYTES } from "../rows.js";
import { tooLarge } from "../size.js";
import type { FeatureColumn } from "./feature-column.js";
import { damaged } from "./problem.js";

/** A page as it lies in the file: what its header says, the bytes behind that, and all its bytes. */
export interface RawPage {
  readonly header: PageHeader;
  readonly content: Uint8Array;
  readonly pieces: readonly Uint8Array[];
}

/** Headers are some tens of bytes, and more only with statistics. */
const HEADER = 4096;
const LONGEST_HEADER = 2 ** 24;

/** Reads a column's pages one after the other; each is valid until the next is asked for. Of the memory some is held already. */
export async function* rawPagesOf(
  file: FileBytes,
  { start, length }: { readonly start: number; readonly length: number },
  column: FeatureColumn,
  memory: number,
  held: number,
): AsyncGenerator<RawPage> {
  const { name } = file;
  const end = start + length;
  // One has the page that is looked at, the other the next one.
  const buffers = [new Scratch(), new Scratch()];
  const longer = new Scratch();
  let turn = 0;
  /** Reads from a place on while the page before is looked at. */
  const read = (at: number, most: number): Promise<Uint8Array> => {
    turn ^= 1;
    const bytes = buffers[turn].take(Math.max(0, Math.min(most, end - at, memory - held)));
    const filled = file.fillAt(bytes, at).then((count) => bytes.subarray(0, count));
    // Told when its turn comes.
    filled.catch(() => {});
    return filled;
  };
  let coming = read(start, HEADER);
  for (let at = start; at < end; ) {
    const ahead = await coming;
    const { header, size } = await headerIn(file, at, end - at, ahead);
    const packed = header.compressed_page_size;
    checkSizes(name, column, header, memory, held);
    if (at + size + packed > end) throw damaged(name, "a page is longer than its column");
    let pieces = [ahead.subarray(0, size + packed)];
    let content = ahead.subarray(size, size + packed);
    if (content.length < packed) {
      const known = content;
      content = longer.take(packed);
      content.set(known);
      const rest = content.subarray(known.length);
      if ((await file.fillAt(rest, at + size + known.length)) < rest.length) throw cutOff(name);
      pieces = [size > ahead.length ? await file.readAt(at, size) : ahead.subarray(0, size), content];
    }
    at += size + packed;
    // Pages of a column are about equally long.
    coming = read(at, size + packed + (packed >>> 4) + HEADER);
    yield { header, content, pieces };
  }
}

/** Refuses what contradicts itself or would need too much memory: bytes that are read twice ahead, unpacked and put in place. */
function checkSizes(
  name: string,
  column: FeatureColumn,
  header: PageHeader,
  memory: number,
  held: number,
): void {
  const { compressed_page_size: packed, uncompressed_page_size: unpacked } = header;
  const own = header.data_page_header ?? header.data_page_header_v2;
  const entries = own?.num_values ?? 0;
  if (!(packed >= 0 && unpacked >= 0 && entries >= 0)) throw damaged(name, "a page has a length below 0");
  const numbers = own === undefined || own.encoding === "PLAIN" ? 0 : entries * (4 + BYTES[column.number]);
  const needed = held + 3 * packed + 2 * unpacked + numbers;
  if (needed > memory) {
    throw tooLarge(name, `a page of the column "${column.name}"`, needed, memory, "pages");
  }
}

/** A page's header, in the bytes that were read there or, if it is longer, in more. */
async function headerIn(
  file: FileBytes,
  at: number,
  left: number,
  ahead: Uint8Array,
): Promise<{ header: PageHeader; size: number }> {
  for (let bytes = ahead, most = HEADER; ; bytes = await file.readAt(at, Math.min(most, left))) {
    const reader = { view: new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength), offset: 0 };
    try {
      return { header: parquetHeader(reader), size: reader.offset };
    } catch (error) {
      if (bytes.length >= Math.min(left, LONGEST_HEADER))
        throw damaged(file.name, (error as Error).message, error);
      most = Math.max(16 * most, 2 * bytes.length);
    }
  }
}
