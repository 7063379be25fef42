import { closeSync, fstatSync, openSync, readFileSync, readSync } from "node:fs";
import { constants, gunzipSync } from "node:zlib";
import { Problem } from "../problem.js";

/** The bytes of a file: on disc and read by position, or in memory where it was compressed. */
export interface Bytes {
  readonly path: string;
  readonly length: number;
  /** Whether rows can stay where they are. */
  readonly onDisc: boolean;
  /** A copy of its own, from the start of a buffer, so that any kind of number can be seen in it. */
  read(at: number, length: number): Uint8Array<ArrayBuffer>;
  /** Fills `out` from position `at` on. */
  readInto(out: Uint8Array, at: number): void;
}

/** How many bytes one call reads: Linux gives no more than this at once. */
const AT_ONCE = 2 ** 30;

/** Opened for each reading: what reads often opens it once for itself. */
export function openBytes(path: string): Bytes {
  return path.endsWith(".gz") ? inMemory(path, inflated(path)) : onDisc(path);
}

function onDisc(path: string): Bytes {
  const length = withFile(path, (file) => fstatSync(file).size);
  const readInto = (out: Uint8Array, at: number): void =>
    withFile(path, (file) => readFully(path, file, out, at));
  return { path, length, onDisc: true, readInto, read: (from, count) => copyOf(readInto, from, count) };
}

export function readFully(path: string, file: number, out: Uint8Array, at: number): void {
  for (let done = 0; done < out.length; ) {
    const count = readSync(file, out, done, Math.min(AT_ONCE, out.length - done), at + done);
    if (count === 0) throw new Problem(`${path} became shorter while it was read. Start again`);
    done += count;
  }
}

function withFile<T>(path: string, use: (file: number) => T): T {
  const file = openFile(path);
  try {
    return use(file);
  } finally {
    closeSync(file);
  }
}

export function inMemory(path: string, content: Uint8Array): Bytes {
  const readInto = (out: Uint8Array, at: number): void => out.set(content.subarray(at, at + out.length));
  return {
    path,
    length: content.length,
    onDisc: false,
    readInto,
    read: (at, length) => copyOf(readInto, at, length),
  };
}

/** The file as it is, or unpacked where its name ends in `.gz`. */
export function wholeFile(path: string): Uint8Array {
  if (path.endsWith(".gz")) return inflated(path);
  const bytes = openBytes(path);
  return bytes.read(0, bytes.length);
}

function copyOf(readInto: Bytes["readInto"], at: number, length: number): Uint8Array<ArrayBuffer> {
  const copy = new Uint8Array(length);
  readInto(copy, at);
  return copy;
}

export function openFile(path: string): number {
  try {
    const file = openSync(path, "r");
    if (fstatSync(file).isFile()) return file;
    closeSync(file);
  } catch (error) {
    throw unreadable(path, error);
  }
  throw new Problem(`${path} is no file. Name a file, or a folder of data files`);
}

function inflated(path: string): Uint8Array {
  let packed: Uint8Array;
  try {
    packed = readFileSync(path);
  } catch (error) {
    throw unreadable(path, error);
  }
  try {
    return gunzipSync(packed);
  } catch (error) {
    throw damagedGzip(path, error);
  }
}

export function unreadable(path: string, error: unknown): Problem {
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === "ENOENT") return new Problem(`${path} is not there. Check the path`, { cause: error });
  if (code === "EACCES" || code === "EPERM")
    return new Problem(`${path} may not be read by you. Change its permissions`, { cause: error });
  return new Problem(`${path} cannot be read: ${message}`, { cause: error });
}

/** How much of a packed file is unpacked to look at its header. */
const GLANCE = 2 ** 18;

/** A file as `openBytes` gives it, but of a packed one no more than the start is unpacked: for headers. */
export function glance(path: string): Bytes {
  const file = onDisc(path);
  if (!path.endsWith(".gz")) return file;
  // The last four bytes of a gzip file are its length unpacked, modulo 2³².
  const length = file.length < 18 ? 0 : Buffer.from(file.read(file.length - 4, 4)).readUInt32LE();
  try {
    const packed = file.read(0, Math.min(GLANCE, file.length));
    const start = gunzipSync(packed, { finishFlush: constants.Z_SYNC_FLUSH });
    // What is asked for beyond it is zeros: headers are far shorter.
    return { ...inMemory(path, start), length: Math.max(length, start.length) };
  } catch (error) {
    throw damagedGzip(path, error);
  }
}

export const damagedGzip = (path: string, error: unknown): Problem =>
  new Problem(`${path} cannot be unpacked: it is cut off or no gzip file. Fetch it again`, { cause: error });
