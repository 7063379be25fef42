const MAGIC = 0x184d2204;
const SIZED = 0x08;
const BLOCK_SUMS = 0x10;
const DICTIONARY = 0x01;
/** In the length of a block: that it stands as it is. */
const PLAIN = 0x80000000;
/** No byte of a packed block stands for more. */
const MOST_PER_BYTE = 255;
/** Writers that end blocks early are let pass that far. */
const SLACK = 64 * 2 ** 20;

/** Refuses a frame that may unpack to much more than it should: the library would allocate it all before its length could be compared. */
export function checkLz4Frame(bytes: Uint8Array, length: number): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (view.getUint32(0, true) !== MAGIC) throw new Error("a buffer is no LZ4 frame");
  const flags = view.getUint8(4);
  const largest = 2 ** (8 + 2 * ((view.getUint8(5) >>> 4) & 7));
  let at = 7 + (flags & SIZED ? 8 : 0) + (flags & DICTIONARY ? 4 : 0);
  for (let most = 0; ; ) {
    const word = view.getUint32(at, true);
    if (word === 0) return;
    const size = word % PLAIN;
    most += word >= PLAIN ? size : Math.min(largest, MOST_PER_BYTE * size);
    if (most > length + largest + SLACK) {
      throw new RangeError(`a buffer says that it has ${length} bytes, but may have ${most}`);
    }
    at += 4 + size + (flags & BLOCK_SUMS ? 4 : 0);
  }
}
