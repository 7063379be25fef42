import { randomUUID } from "node:crypto";
import { rmSync } from "node:fs";
import { type FileHandle, open, rename, stat } from "node:fs/promises";
import { dirname } from "node:path";
import { Problem, unwritable } from "fixed-classifier-models/files";

/** Where results go, one piece after the other. */
export interface Sink {
  /** Bytes written so far. */
  readonly position: number;
  /** Resolved when the pieces may be overwritten. */
  write(pieces: readonly Uint8Array[]): Promise<void>;
  /** All is there: only now has a file its name. */
  finish(): Promise<void>;
  /** Leaves nothing of it; may be called at any time, also by a signal. */
  abandon(): void;
}

/** Who read standard output has gone: nobody is told, and nothing more is done. */
export class ReaderGone extends Error {}

/** A file that has its name only when it is whole: until then it stands beside it under another. */
export async function fileSink(path: string): Promise<Sink> {
  const there = await stat(path).catch(() => undefined);
  // Renaming would put a file in the place of a device, such as /dev/null.
  if (there !== undefined && !there.isFile()) {
    throw new Problem(`${path} cannot be written: it is no file; choose another name`);
  }
  const part = `${path}.${randomUUID().slice(0, 8)}.part`;
  const trying = async <T>(work: () => Promise<T>): Promise<T> => {
    try {
      return await work();
    } catch (error) {
      throw unwritable(path, error);
    }
  };
  const file = await trying(() => open(part, "wx"));
  let position = 0;
  let isOpen = true;
  return {
    get position() {
      return position;
    },
    write: (pieces) =>
      trying(async () => {
        for (const piece of pieces) {
          await writeAll(file, piece);
          position += piece.length;
        }
      }),
    finish: () =>
      trying(async () => {
        await file.sync();
        await file.close();
        await rename(part, path);
        isOpen = false;
        // The name itself is on the disc only when the folder is.
        const folder = await open(dirname(path), "r").catch(() => undefined);
        await folder?.sync().catch(() => {});
        await folder?.close();
      }),
    abandon: () => {
      if (!isOpen) return;
      isOpen = false;
      rmSync(part, { force: true });
      file.close().catch(() => {});
    },
  };
}

async function writeAll(file: FileHandle, bytes: Uint8Array): Promise<void> {
  for (let at = 0; at < bytes.length; ) {
    const { bytesWritten } = await file.write(bytes, at, Math.min(bytes.length - at, 2 ** 30));
    at += bytesWritten;
  }
}

/** Standard output: the next piece is taken when the one before has gone. */
export function standardOutput(): Sink {
  let position = 0;
  return {
    get position() {
      return position;
    },
    write: async (pieces) => {
      for (const piece of pieces) {
        if (piece.length === 0) continue;
        await new Promise<void>((resolve, reject) => {
          process.stdout.write(piece, (error) => (error ? reject(gone(error)) : resolve()));
        });
        position += piece.length;
      }
    },
    finish: async () => {},
    abandon: () => {},
  };
}

function gone(error: NodeJS.ErrnoException): Error {
  return error.code === "EPIPE"
    ? new ReaderGone()
    : new Problem(`standard output cannot be written: ${error.message}`, { cause: error });
}
