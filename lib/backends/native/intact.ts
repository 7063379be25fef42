/** Whether the file of an addon is whole: a dynamic loader that reads a broken one may end the process. */

type Builtin = NonNullable<typeof process.getBuiltinModule>;

/** What `npm run prebuild` writes beside each addon. */
export interface Recorded {
  readonly bytes: number;
  readonly crc32: number;
}

/** What is wrong with a file, or null. A local build has no record, only the end that its own header tells. */
export function damage(path: string, builtin: Builtin): string | null {
  const { existsSync, openSync, fstatSync, readFileSync, readSync, closeSync } = builtin("node:fs");
  const record = path.replace(/\.node$/, ".json");
  const recorded: Recorded | null = existsSync(record) ? JSON.parse(readFileSync(record, "utf8")) : null;
  const file = openSync(path, "r");
  try {
    const { size } = fstatSync(file);
    const chunk = new Uint8Array(Math.min(size, 2 ** 16));
    let length = readSync(file, chunk, 0, chunk.length, 0);
    const expected = recorded?.bytes ?? endOfElf(chunk);
    if (size < expected) return `is cut off: ${size} of ${expected} bytes`;
    if (recorded === null) return null;
    // In pieces: one array of the whole file costs more than the sum.
    const { crc32 } = builtin("node:zlib");
    let sum = 0;
    for (let at = 0; length > 0; length = readSync(file, chunk, 0, chunk.length, at)) {
      sum = crc32(chunk.subarray(0, length), sum);
      at += length;
    }
    return sum === recorded.crc32 && size === expected
      ? null
      : "is damaged: its bytes are not those that were built";
  } finally {
    closeSync(file);
  }
}

/** Where a file of Linux ends by its own header, whose table of sections is last; 0 for any other. */
function endOfElf(head: Uint8Array): number {
  const isElf64 = [0x7f, 0x45, 0x4c, 0x46, 2, 1].every((byte, i) => head[i] === byte);
  if (!isElf64 || head.length < 64) return 0;
  const view = new DataView(head.buffer);
  return Number(view.getBigUint64(40, true)) + view.getUint16(58, true) * view.getUint16(60, true);
}
