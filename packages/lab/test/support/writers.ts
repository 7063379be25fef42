/** Small writers of the formats that no library writes, each from its description and apart from the readers. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { gzipSync } from "node:zlib";
import { onTestFinished } from "vitest";

/** A folder for one test. */
export function folder(): string {
  const path = mkdtempSync(join(tmpdir(), "lab-data-"));
  onTestFinished(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

/** Writes a file, packed where its name says so, and tells its path. */
export function write(path: string, content: Uint8Array | string): string {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, path.endsWith(".gz") ? gzipSync(content) : content);
  return path;
}

export interface NpyOptions {
  /** "<f4", ">i2", "|u1", "<U5". */
  readonly type: string;
  readonly shape: readonly number[];
  readonly byColumns?: boolean;
  /** 1, 2 or 3. */
  readonly version?: number;
}

/** A file of NumPy around the bytes of the values. */
export function npy(bytes: Uint8Array, { type, shape, byColumns = false, version = 1 }: NpyOptions): Buffer {
  const axes = shape.length === 1 ? `${shape[0]},` : shape.join(", ");
  const order = byColumns ? "True" : "False";
  let header = `{'descr': '${type}', 'fortran_order': ${order}, 'shape': (${axes}), }`;
  const before = version === 1 ? 10 : 12;
  header = `${header.padEnd(64 * Math.ceil((before + header.length + 1) / 64) - before - 1)}\n`;
  const start = Buffer.alloc(before);
  start.write("\x93NUMPY", "latin1");
  start[6] = version;
  if (version === 1) start.writeUInt16LE(header.length, 8);
  else start.writeUInt32LE(header.length, 8);
  return Buffer.concat([start, Buffer.from(header), bytes]);
}

type View = { readonly buffer: ArrayBufferLike; readonly byteOffset: number; readonly byteLength: number };

export const bytesOf = ({ buffer, byteOffset, byteLength }: View): Buffer =>
  Buffer.from(buffer as ArrayBuffer, byteOffset, byteLength);

/** The bytes of each value the other way round. */
export function reversed(values: View & { readonly BYTES_PER_ELEMENT: number }): Buffer {
  const size = values.BYTES_PER_ELEMENT;
  const bytes = Buffer.from(bytesOf(values));
  for (let at = 0; at < bytes.length; at += size) bytes.subarray(at, at + size).reverse();
  return bytes;
}

/** An IDX file around the bytes of the values, which are the most significant first. */
export function idx(bytes: Uint8Array, type: number, shape: readonly number[]): Buffer {
  const header = Buffer.alloc(4 + 4 * shape.length);
  header[2] = type;
  header[3] = shape.length;
  shape.forEach((size, axis) => {
    header.writeUInt32BE(size, 4 + 4 * axis);
  });
  return Buffer.concat([header, bytes]);
}

/** A safetensors file: name, type, shape and bytes of each tensor. */
export function safetensors(
  tensors: readonly (readonly [string, string, readonly number[], Uint8Array])[],
): Buffer {
  let at = 0;
  const header: Record<string, unknown> = { __metadata__: { made: "for a test" } };
  for (const [name, dtype, shape, bytes] of tensors) {
    header[name] = { dtype, shape, data_offsets: [at, at + bytes.length] };
    at += bytes.length;
  }
  const text = Buffer.from(JSON.stringify(header));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(text.length));
  return Buffer.concat([length, text, ...tensors.map(([, , , bytes]) => bytes)]);
}
