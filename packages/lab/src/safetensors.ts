import { Problem } from "./problem.js";

/**
 * What the laboratory keeps of a model: float32 arrays by name, and texts by name. The container is Hugging Face's safetensors: eight bytes
 * of length, a JSON header, the arrays one after the other.
 */
export interface Tensors {
  readonly arrays: ReadonlyMap<string, { readonly shape: readonly number[]; readonly value: Float32Array }>;
  readonly metadata: Readonly<Record<string, string>>;
}

const ALIGNMENT = 8;

export function encodeTensors({ arrays, metadata }: Tensors): Uint8Array {
  const header: Record<string, unknown> = { __metadata__: metadata };
  let end = 0;
  for (const [name, { shape, value }] of arrays) {
    header[name] = { dtype: "F32", shape, data_offsets: [end, end + value.byteLength] };
    end += value.byteLength;
  }
  const text = Buffer.from(JSON.stringify(header));
  const padded = Math.ceil(text.length / ALIGNMENT) * ALIGNMENT;
  const bytes = Buffer.alloc(8 + padded + end, " ");
  bytes.writeBigUInt64LE(BigInt(padded));
  text.copy(bytes, 8);
  let at = 8 + padded;
  for (const { value } of arrays.values()) {
    bytes.set(new Uint8Array(value.buffer, value.byteOffset, value.byteLength), at);
    at += value.byteLength;
  }
  return bytes;
}

/** Of arrays that have their names with them, each another one. */
export function encodeNamed(
  arrays: readonly {
    readonly name: string;
    readonly shape: readonly number[];
    readonly value: Float32Array;
  }[],
  metadata: Tensors["metadata"],
): Uint8Array {
  const byName = new Map(arrays.map(({ name, shape, value }) => [name, { shape, value }]));
  if (byName.size !== arrays.length) throw new Error("two arrays have the same name");
  return encodeTensors({ arrays: byName, metadata });
}

/** Of a file that `encodeTensors` wrote; `place` is its path, for messages. */
export function decodeTensors(bytes: Uint8Array, place: string): Tensors {
  const fail = (reason: string): never => {
    throw new Problem(
      `${place} is no file of the laboratory or is damaged: ${reason}; write it again or take another copy`,
    );
  };
  if (bytes.length < 8) return fail("it is too short");
  const length = Number(new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true));
  if (length > bytes.length - 8) return fail("its header goes beyond its end");
  let header: Record<string, unknown>;
  try {
    header = JSON.parse(Buffer.from(bytes.subarray(8, 8 + length)).toString("utf8"));
  } catch {
    return fail("its header is no JSON");
  }
  const { __metadata__: metadata = {}, ...entries } = header;
  const arrays = new Map<string, { shape: number[]; value: Float32Array }>();
  for (const [name, entry] of Object.entries(entries)) {
    const { dtype, shape, data_offsets: offsets } = entry as Entry;
    if (dtype !== "F32" || !isSizes(shape) || !isSizes(offsets) || offsets.length !== 2) {
      return fail(`"${name}" is no array of float32`);
    }
    const [start = 0, end = 0] = offsets;
    const size = shape.reduce((product, n) => product * n, 4);
    if (end - start !== size || 8 + length + end > bytes.length)
      return fail(`"${name}" does not fill its place`);
    const value = new Float32Array(size / 4);
    new Uint8Array(value.buffer).set(bytes.subarray(8 + length + start, 8 + length + end));
    arrays.set(name, { shape, value });
  }
  return { arrays, metadata: metadata as Record<string, string> };
}

interface Entry {
  dtype?: unknown;
  shape?: unknown;
  data_offsets?: unknown;
}

const isSizes = (value: unknown): value is number[] =>
  Array.isArray(value) && value.every((size) => Number.isSafeInteger(size) && size >= 0);
