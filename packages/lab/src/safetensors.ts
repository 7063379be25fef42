import { product } from "./data/arrays.js";
import { inMemory } from "./data/bytes.js";
import { ELEMENTS } from "./data/elements.js";
import { type Header, headerOf } from "./data/formats/safetensors.js";
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
  const fail = (reason: string, cause?: unknown): never => {
    throw new Problem(
      `${place} is no file of the laboratory or is damaged: ${reason}; write it again or take another copy`,
      { cause },
    );
  };
  const file = inMemory(place, bytes);
  let header: Header;
  try {
    header = headerOf(file);
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    return fail("it is cut off or no safetensors file", error);
  }
  const arrays = new Map<string, { shape: readonly number[]; value: Float32Array }>();
  for (const { name, element, shape, offset } of header.tensors) {
    if (element !== ELEMENTS.float32) return fail(`"${name}" is no array of float32`);
    const raw = file.read(offset, product(shape) * element.bytes);
    arrays.set(name, { shape, value: new Float32Array(raw.buffer) });
  }
  return { arrays, metadata: header.metadata };
}
