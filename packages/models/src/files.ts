import { randomUUID } from "node:crypto";
import { closeSync, fsyncSync, openSync, renameSync, rmSync, writeSync } from "node:fs";
import { Problem } from "./problem.js";

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

function reasonOf(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === "ENOSPC") return "the disc is full; free some space or choose another folder";
  if (code === "EACCES" || code === "EPERM" || code === "EROFS")
    return "you may not write there; choose another folder";
  if (code === "ENOENT" || code === "ENOTDIR") return "its folder is not there; make it first";
  if (code === "EISDIR") return "a folder stands there; choose another name";
  return message;
}
