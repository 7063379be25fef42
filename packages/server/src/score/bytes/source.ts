import { type FileHandle, open } from "node:fs/promises";
import { Problem, unreadable } from "fixed-classifier-models/files";

/** Bytes one after the other, of a file or of what comes in. */
export interface ByteSource {
  /** What it is called in messages. */
  readonly name: string;
  /** Undefined where it is known only at the end. */
  readonly size: number | undefined;
  /** Fills the target; gives how many bytes there were, fewer only at the end. */
  fill(target: Uint8Array): Promise<number>;
}

/** A file, any part of it at any time. */
export class FileBytes {
  readonly name: string;
  readonly size: number;
  readonly #file: FileHandle;

  private constructor(name: string, size: number, file: FileHandle) {
    this.name = name;
    this.size = size;
    this.#file = file;
  }

  static async open(path: string): Promise<FileBytes> {
    try {
      const file = await open(path, "r");
      const found = await file.stat();
      if (!found.isFile()) {
        await file.close();
        throw new Problem(
          `${path} is no file; give a file, or - for an Arrow stream that comes in by standard input`,
        );
      }
      return new FileBytes(path, found.size, file);
    } catch (error) {
      throw error instanceof Problem ? error : unreadable(path, error);
    }
  }

  /** Fills the target from a place on; gives how many bytes there were. */
  async fillAt(target: Uint8Array, position: number): Promise<number> {
    let at = 0;
    try {
      while (at < target.length) {
        const { bytesRead } = await this.#file.read(
          target,
          at,
          Math.min(target.length - at, 2 ** 30),
          position + at,
        );
        if (bytesRead === 0) break;
        at += bytesRead;
      }
    } catch (error) {
      throw unreadable(this.name, error);
    }
    return at;
  }

  /** The bytes there, all of them: a file that has become shorter meanwhile is a Problem. */
  async readAt(position: number, length: number): Promise<Uint8Array> {
    const bytes = new Uint8Array(length);
    if ((await this.fillAt(bytes, position)) < length) throw cutOff(this.name);
    return bytes;
  }

  /** The file from its start, one byte after the other. */
  inOrder(): ByteSource {
    let position = 0;
    return {
      name: this.name,
      size: this.size,
      fill: async (target) => {
        const count = await this.fillAt(target, position);
        position += count;
        return count;
      },
    };
  }

  close(): Promise<void> {
    return this.#file.close();
  }
}

export const cutOff = (name: string): Problem =>
  new Problem(`${name} is cut off: it ends in the middle. Write or fetch it again`);

/** What comes in by standard input. It is read only as fast as it is asked for. */
export function standardInput(): ByteSource & { close(): Promise<void> } {
  const stream = process.stdin;
  const chunks = stream[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
  let rest: Uint8Array = new Uint8Array(0);
  return {
    name: "standard input",
    size: undefined,
    fill: async (target) => {
      let at = 0;
      while (at < target.length) {
        if (rest.length === 0) {
          const { value, done } = await chunks.next();
          if (done) break;
          rest = value;
        }
        const part = rest.subarray(0, target.length - at);
        target.set(part, at);
        at += part.length;
        rest = rest.subarray(part.length);
      }
      return at;
    },
    close: async () => {
      stream.destroy();
    },
  };
}
