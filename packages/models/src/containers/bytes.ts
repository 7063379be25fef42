import { lengthOf, readFully, withFile } from "../files.js";
import { Problem } from "../problem.js";

/** Bytes that are read where they lie: a file of many gigabytes costs what is read of it. */
export interface Bytes {
  /** For messages. */
  readonly path: string;
  readonly length: number;
  /** Where they lie, if they are a file by themselves. */
  readonly file?: string;
  /** A copy of the bytes `at` … `at + length`, all of which must be there. */
  read(at: number, length: number): Uint8Array;
}

/** Above it Node has no buffer on some machines. */
const MOST_AT_ONCE = 2 ** 31 - 1;

export function openBytes(path: string): Bytes {
  return withFile(path, (file) => {
    const size = lengthOf(path, file);
    return {
      path,
      length: size,
      file: path,
      read(at, length) {
        checkRange(path, size, at, length);
        return withFile(path, (again) => readFully(path, again, at, length));
      },
    };
  });
}

/** What was unpacked from another file; `path` names both. */
export function inMemory(path: string, bytes: Uint8Array): Bytes {
  return {
    path,
    length: bytes.length,
    read(at, length) {
      checkRange(path, bytes.length, at, length);
      return bytes.slice(at, at + length);
    },
  };
}

/** Several one behind the other, as the shards of TensorFlow.js are. */
export function joined(path: string, parts: readonly Bytes[]): Bytes {
  const total = parts.reduce((sum, { length }) => sum + length, 0);
  return {
    path,
    length: total,
    read(at, length) {
      checkRange(path, total, at, length);
      const out = new Uint8Array(length);
      let start = 0;
      for (const part of parts) {
        const [from, to] = [Math.max(at, start), Math.min(at + length, start + part.length)];
        if (from < to) out.set(part.read(from - start, to - from), from - at);
        start += part.length;
      }
      return out;
    },
  };
}

/** All of a file that is text, or is small by what it is. */
export function readAll({ path, length, read }: Bytes, most: number): Uint8Array {
  if (length > most)
    throw new Problem(`${path} has ${length} bytes, at most ${most} are expected of such a file`);
  return read(0, length);
}

function checkRange(path: string, size: number, at: number, length: number): void {
  if (at < 0 || length < 0 || at + length > size) {
    throw new Problem(
      `${path} is cut off: it ends at byte ${size}, and goes on to ${at + length}. Fetch it again`,
    );
  }
  if (length > MOST_AT_ONCE) {
    throw new Problem(
      `${path} has ${length} bytes in one piece, more than the last layer of a classifier has`,
    );
  }
}
