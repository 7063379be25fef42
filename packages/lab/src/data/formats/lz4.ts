/**
 * Unpacks a frame of LZ4, as Arrow has them; its blocks may look back at those before them, which no library for Node reads. A frame is
 * a header, and blocks with their lengths before them, up to one of length 0. Checksums are passed over: a file's reader checks shapes.
 */
export function lz4Frame(bytes: Uint8Array): Uint8Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (view.getUint32(0, true) !== MAGIC) throw new Error("a buffer is no LZ4 frame");
  const flags = bytes[4];
  const most = 2 ** (8 + 2 * ((bytes[5] >>> 4) & 7));
  const first = 7 + (flags & SIZED ? 8 : 0) + (flags & DICTIONARY ? 4 : 0);
  const blocks = [...blocksOf(view, first, flags & BLOCK_SUMS ? 4 : 0)];
  const out = new Uint8Array(blocks.length * most);
  let length = 0;
  for (const { from, to, packed } of blocks) {
    const block = bytes.subarray(from, to);
    if (packed) length = unpack(block, out, length);
    else {
      out.set(block, length);
      length += block.length;
    }
  }
  return out.slice(0, length);
}

const MAGIC = 0x184d2204;
const SIZED = 0x08;
const BLOCK_SUMS = 0x10;
const DICTIONARY = 0x01;
/** In the length of a block: that it stands as it is. */
const PLAIN = 0x80000000;

function* blocksOf(view: DataView, first: number, sum: number) {
  for (let at = first; ; ) {
    const word = view.getUint32(at, true);
    if (word === 0) return;
    const from = at + 4;
    const to = from + (word % PLAIN);
    if (to > view.byteLength) throw new Error("a buffer packed by LZ4 is cut off");
    yield { from, to, packed: word < PLAIN };
    at = to + sum;
  }
}

/** Sequences of literals and of a match each, which is copied from what was written before. Gives where the output ends. */
function unpack(block: Uint8Array, out: Uint8Array, start: number): number {
  let at = 0;
  let to = start;
  const lengthFrom = (nibble: number): number => {
    let length = nibble;
    if (nibble === 15)
      for (let byte = 255; byte === 255; ) {
        byte = block[at++];
        length += byte;
      }
    return length;
  };
  while (at < block.length) {
    const token = block[at++];
    const literals = lengthFrom(token >>> 4);
    out.set(block.subarray(at, at + literals), to);
    at += literals;
    to += literals;
    if (at >= block.length) break;
    const distance = block[at] | (block[at + 1] << 8);
    at += 2;
    if (distance === 0 || distance > to) throw new Error("a buffer packed by LZ4 is damaged");
    const end = to + lengthFrom(token & 15) + 4;
    if (end > out.length) throw new Error("a buffer packed by LZ4 is damaged");
    for (; to < end; to++) out[to] = out[to - distance];
  }
  return to;
}
