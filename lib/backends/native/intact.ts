/** Whether the file of an addon is whole: a dynamic loader that reads a broken one may end the process. */

import { checksum } from "./checksum.js";

type Builtin = NonNullable<typeof process.getBuiltinModule>;

/** What `npm run prebuild` writes beside each addon. */
export interface Recorded {
  readonly bytes: number;
  readonly checksum: string;
}

/** What is wrong with a file, or null. A local build has no record, only the end that its own header tells. */
export function damage(path: string, builtin: Builtin): string | null {
  const { existsSync, openSync, fstatSync, readFileSync, readSync, closeSync } = builtin("node:fs");
  const record = path.replace(/\.node$/, ".json");
  const recorded: Recorded | null = existsSync(record) ? JSON.parse(readFileSync(record, "utf8")) : null;
  const file = openSync(path, "r");
  try {
    const { size } = fstatSync(file);
    const head = new Uint8Array(64);
    readSync(file, head, 0, head.length, 0);
    const expected = recorded?.bytes ?? endOfElf(head);
    if (size < expected) return `is cut off: ${size} of ${expected} bytes`;
    if (recorded === null) return null;
    let at = 0;
    const sum = checksum((into) => {
      const length = readSync(file, into, 0, into.length, at);
      at += length;
      return length;
    });
    return sum === recorded.checksum && size === expected
      ? null
      : "is damaged: its bytes are not those that were built";
  } finally {
    closeSync(file);
  }
}

/** Where a file of Linux ends by its own header, whose table of sections is last; 0 for any other. */
function endOfElf(head: Uint8Array): number {
  const isElf64 = [0x7f, 0x45, 0x4c, 0x46, 2, 1].every((byte, i) => head[i] === byte);
  if (!isElf64) return 0;
  const view = new DataView(head.buffer);
  return Number(view.getBigUint64(40, true)) + view.getUint16(58, true) * view.getUint16(60, true);
}
