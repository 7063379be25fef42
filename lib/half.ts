/** Arrays of float16 and bfloat16. */

import type { HalfType, TransformBackend } from "./backends/backend.js";
import { checkOneOf, type Float16Features } from "./checks.js";
import { SLICE, scratch } from "./scratch.js";

/** Numbers that are worked on at a time: 1 MiB of float32, which a second-level cache holds and threads may share. */
const STEP = 2 ** 18;

const TYPES = ["float16", "bfloat16"] as const satisfies HalfType[];

/** Numbers of 16 bits, as their bits. */
export interface Half {
  readonly type: HalfType;
  readonly bits: Uint16Array;
}

/**
 * The bits of an array, or null if its numbers are of another type.
 *
 * @param name of the type of x: `instanceof` is false for an array of another realm
 * @param type the option: what the bits of a Uint16Array mean
 */
export function halfOf(x: ArrayBufferView, name: string, type: unknown): Half | null {
  if (name === "Uint16Array") {
    if (type === undefined) {
      throw new TypeError('x is a Uint16Array: say what its bits are, by type: "float16" or "bfloat16"');
    }
    checkOneOf("type", type, TYPES);
    return { type, bits: x as Uint16Array };
  }
  if (type !== undefined) {
    throw new TypeError(
      `type says what the bits of a Uint16Array are, and x is of type ${name}: leave it out`,
    );
  }
  if (name !== "Float16Array") return null;
  return { type: "float16", bits: new Uint16Array(x.buffer, x.byteOffset, (x as Float16Features).length) };
}

/**
 * Binds to an array what `work` does with float32: some whole blocks at a time are made float32, worked on and rounded once. A block
 * larger than a slice has memory of its size, which is kept as long as the function that is returned.
 */
export function onFloat32(
  { type, bits }: Half,
  block: number,
  backend: TransformBackend,
  work: (slice: Float32Array) => void,
): () => void {
  const length = Math.min(bits.length, Math.max(1, Math.floor(STEP / block)) * block);
  const own = length > SLICE ? scratch(length) : null;
  return () => {
    const memory = own ?? scratch(length);
    for (let start = 0; start < bits.length; start += length) {
      const part = bits.subarray(start, start + length);
      const slice = part.length === length ? memory : memory.subarray(0, part.length);
      backend.decode(part, type, slice);
      work(slice);
      backend.encode(slice, type, part);
    }
  };
}
