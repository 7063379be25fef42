/** Writers that end blocks early are let pass that far. */
const SLACK = 64 * 2 ** 20;

/**
 * Refuses a frame that may unpack to much more than it should: libraries allocate all of it before its length can be compared. What each of
 * its blocks can have at most is summed up.
 */
function checkSum(length: number, blocks: Iterable<number>): void {
  let most = 0;
  for (const block of blocks) {
    most += block;
    if (most > length + SLACK) {
      throw new RangeError(`a buffer says that it has ${length} bytes, but may have ${most}`);
    }
  }
}

const LZ4_MAGIC = 0x184d2204;
const LZ4_SIZED = 0x08;
const LZ4_BLOCK_SUMS = 0x10;
const LZ4_DICTIONARY = 0x01;
/** In the length of a block: that it stands as it is. */
const LZ4_PLAIN = 0x80000000;
/** No byte of a packed block stands for more. */
const LZ4_MOST_PER_BYTE = 255;

export function checkLz4Frame(bytes: Uint8Array, length: number): void {
  checkSum(length, lz4Blocks(new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)));
}

function* lz4Blocks(view: DataView): Generator<number> {
  if (view.getUint32(0, true) !== LZ4_MAGIC) throw new Error("a buffer is no LZ4 frame");
  const flags = view.getUint8(4);
  const largest = 2 ** (8 + 2 * ((view.getUint8(5) >>> 4) & 7));
  let at = 7 + (flags & LZ4_SIZED ? 8 : 0) + (flags & LZ4_DICTIONARY ? 4 : 0);
  for (;;) {
    const word = view.getUint32(at, true);
    if (word === 0) return;
    const size = word % LZ4_PLAIN;
    yield word >= LZ4_PLAIN ? size : Math.min(largest, LZ4_MOST_PER_BYTE * size);
    at += 4 + size + (flags & LZ4_BLOCK_SUMS ? 4 : 0);
  }
}

const ZSTD_MAGIC = 0xfd2fb528;
const ZSTD_LARGEST = 2 ** 17;
/** Kinds of blocks: bytes as they are, one byte many times, packed. */
const ZSTD_REPEATED = 1;
const ZSTD_PACKED = 2;
const DICTIONARY_BYTES = [0, 1, 2, 4];
const SIZE_BYTES = [0, 2, 4, 8];

export function checkZstdFrame(bytes: Uint8Array, length: number): void {
  checkSum(length, zstdBlocks(new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength), length));
}

function* zstdBlocks(view: DataView, length: number): Generator<number> {
  if (view.getUint32(0, true) !== ZSTD_MAGIC) throw new Error("a buffer is no Zstandard frame");
  const flags = view.getUint8(4);
  const isSingle = (flags & 0x20) !== 0;
  const sizeAt = 5 + (isSingle ? 0 : 1) + DICTIONARY_BYTES[flags & 3];
  const sizeBytes = flags >>> 6 === 0 && isSingle ? 1 : SIZE_BYTES[flags >>> 6];
  // A length of its own is allocated at once, whatever follows.
  if (sizeBytes >= 4) {
    const size = sizeBytes === 8 ? Number(view.getBigUint64(sizeAt, true)) : view.getUint32(sizeAt, true);
    if (size !== length) throw new RangeError(`a buffer says that it has ${length} bytes, and ${size}`);
  }
  for (let at = sizeAt + sizeBytes, isLast = false; !isLast; ) {
    const word = view.getUint16(at, true) | (view.getUint8(at + 2) << 16);
    isLast = (word & 1) === 1;
    const kind = (word >>> 1) & 3;
    const size = word >>> 3;
    yield kind === ZSTD_PACKED ? ZSTD_LARGEST : size;
    at += 3 + (kind === ZSTD_REPEATED ? 1 : size);
  }
}
