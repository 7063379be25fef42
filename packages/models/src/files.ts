import { randomUUID } from "node:crypto";
import {
  closeSync,
  constants,
  fstatSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from "node:fs";
import { Problem } from "./problem.js";

export { Problem };

/** Writes a file whole or not at all: whoever reads it, now or after a crash, finds the old one or the new one. */
export function writeWhole(path: string, content: string | Iterable<Uint8Array>): void {
  const part = `${path}.${randomUUID().slice(0, 8)}.part`;
  const pieces = typeof content === "string" ? [Buffer.from(content)] : content;
  try {
    const file = openSync(part, "wx");
    try {
      for (const bytes of pieces) {
        for (let at = 0; at < bytes.length; ) at += writeSync(file, bytes, at);
      }
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    renameSync(part, path);
  } catch (error) {
    rmSync(part, { force: true });
    if (error instanceof Problem) throw error;
    throw unwritable(path, error);
  }
}

export function removeFile(path: string): void {
  try {
    rmSync(path);
  } catch (error) {
    throw new Problem(`${path} cannot be removed: ${reasonOf(error)}`, { cause: error });
  }
}

/** A folder and those above it, where they are not there. */
export function makeFolder(path: string): void {
  try {
    mkdirSync(path, { recursive: true });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const isFile = code === "EEXIST" || code === "ENOTDIR";
    const reason = isFile ? "a file stands in its way; choose another name" : reasonOf(error);
    throw new Problem(`the folder ${path} cannot be made: ${reason}`, { cause: error });
  }
}

/** Whether a folder is there; what is not there is refused. */
export function isFolder(path: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch (error) {
    throw unreadable(path, error);
  }
}

/** So much is read by one call at most: Linux gives no more at once. */
const AT_ONCE = 2 ** 30;

/** Opens a file and closes it again. A pipe is none: it would be waited for. `flags` are more than those of reading. */
export function withFile<T>(path: string, use: (file: number) => T, flags = 0): T {
  let file: number;
  try {
    file = openSync(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0) | flags);
  } catch (error) {
    throw unreadable(path, error);
  }
  try {
    return use(file);
  } catch (error) {
    if (error instanceof Problem) throw error;
    throw unreadable(path, error);
  } finally {
    closeSync(file);
  }
}

/** The length of a file that is open. */
export function lengthOf(path: string, file: number): number {
  const status = fstatSync(file);
  if (status.isFile()) return status.size;
  throw new Problem(`${path} ${status.isDirectory() ? "is a folder, and" : "is"} no file: give a file`);
}

/** The bytes `at` … `at + length` of a file that is open, all of which must be there. */
export function readFully(path: string, file: number, at: number, length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  for (let done = 0; done < length; ) {
    const count = readSync(file, bytes, done, Math.min(AT_ONCE, length - done), at + done);
    if (count === 0) throw new Problem(`${path} became shorter while it was read; try again`);
    done += count;
  }
  return bytes;
}

/** What is said of a file that cannot be read. */
export function unreadable(path: string, error: unknown): Problem {
  const { code, message } = error as NodeJS.ErrnoException;
  const reason =
    code === "ENOENT" || code === "ENOTDIR"
      ? "there is no such file; look at its name"
      : code === "EACCES" || code === "EPERM"
        ? "you may not read it"
        : code === "EISDIR"
          ? "it is a folder"
          : message;
  return new Problem(`${path} cannot be read: ${reason}`, { cause: error });
}

/** What is said of a file that cannot be written. */
export function unwritable(path: string, error: unknown): Problem {
  return new Problem(`${path} cannot be written: ${reasonOf(error)}`, { cause: error });
}

function reasonOf(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === "ENOSPC") return "the disc is full; free some space or choose another folder";
  if (code === "EACCES" || code === "EPERM" || code === "EROFS")
    return "you may not write there; choose another folder";
  if (code === "ENOENT" || code === "ENOTDIR") return "its folder is not there; make it first";
  if (code === "EISDIR") return "a folder stands there; choose another name";
  return message;
}
