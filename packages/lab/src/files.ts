import { closeSync, fsyncSync, mkdirSync, openSync, renameSync, rmSync, writeSync } from "node:fs";
import { dirname } from "node:path";
import { Problem } from "./problem.js";

/** Writes a file whole or not at all: whoever reads it, now or after a crash, finds the old one or the new one. */
export function writeWhole(path: string, content: string | Uint8Array): void {
  const part = `${path}.part`;
  const bytes = typeof content === "string" ? Buffer.from(content) : content;
  try {
    mkdirSync(dirname(path), { recursive: true });
    const file = openSync(part, "w");
    try {
      for (let at = 0; at < bytes.length; ) at += writeSync(file, bytes, at);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    renameSync(part, path);
  } catch (error) {
    removeIfThere(part);
    throw cannotWrite(path, error);
  }
}

export const cannotWrite = (path: string, error: unknown): Problem =>
  new Problem(`${path} cannot be written: ${reasonOf(error)}`, { cause: error });

/** Where a file stands in a folder's place, there is nothing to remove, and asking for it throws. */
function removeIfThere(path: string): void {
  try {
    rmSync(path, { force: true });
  } catch {
    // What is told is why nothing could be written.
  }
}

function reasonOf(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === "ENOSPC") return "the disc is full; free some space or choose another folder with --out";
  if (code === "EACCES" || code === "EPERM" || code === "EROFS")
    return "you may not write there; choose another folder with --out";
  if (code === "ENOTDIR" || code === "EEXIST")
    return "a file stands where its folder would be; choose another folder with --out";
  if (code === "EISDIR") return "a folder stands there; choose another name with --out";
  return message;
}
