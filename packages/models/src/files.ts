import { randomUUID } from "node:crypto";
import { closeSync, fsyncSync, mkdirSync, openSync, renameSync, rmSync, writeSync } from "node:fs";
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
    throw new Problem(`${path} cannot be written: ${reasonOf(error)}`, { cause: error });
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

function reasonOf(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === "ENOSPC") return "the disc is full; free some space or choose another folder";
  if (code === "EACCES" || code === "EPERM" || code === "EROFS")
    return "you may not write there; choose another folder";
  if (code === "ENOENT" || code === "ENOTDIR") return "its folder is not there; make it first";
  if (code === "EISDIR") return "a folder stands there; choose another name";
  return message;
}
