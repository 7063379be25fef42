/** Arrays that lie in memory in unusual ways. */

import type { NumberArray } from "./bits.js";

type Constructor<T> = {
  new (buffer: ArrayBufferLike, byteOffset: number, length: number): T;
  readonly BYTES_PER_ELEMENT: number;
};

const GUARD = 0xa5;

export interface Guarded<T> {
  readonly view: T;
  /** Fails if a byte outside the view has changed. */
  check(): void;
}

/**
 * A copy of `values` in the middle of a larger buffer, `offset` elements behind a guard of 256 bytes: neither the start nor the end
 * is aligned to a vector.
 */
export function guarded<T extends NumberArray>(
  values: T,
  offset = 1,
  Buffer: new (length: number) => ArrayBufferLike = ArrayBuffer,
): Guarded<T> {
  const Type = values.constructor as Constructor<T>;
  const start = 256 + offset * Type.BYTES_PER_ELEMENT;
  const end = start + values.byteLength;
  const bytes = new Uint8Array(new Buffer(end + 256)).fill(GUARD);
  const view = new Type(bytes.buffer, start, values.length);
  view.set(values);
  return {
    view,
    check() {
      for (let i = 0; i < bytes.length; i++) {
        if (i === start) i = end;
        if (bytes[i] !== GUARD) {
          const where = i < start ? `${start - i} before its start` : `${i - end} after its end`;
          throw new Error(`a byte ${where} of an array of ${values.byteLength} bytes was written`);
        }
      }
    },
  };
}

/** Detaches the buffer of an array, as postMessage with a transfer list does. */
export function detach<T extends NumberArray | Uint8Array>(array: T): T {
  structuredClone(array.buffer, { transfer: [array.buffer as ArrayBuffer] });
  return array;
}

/** The ArrayBuffer of ES2024, whose types come after the library that the package is compiled against. */
export interface ResizableBuffer extends ArrayBuffer {
  resize(byteLength: number): void;
}

export const resizable = (byteLength: number, maxByteLength: number): ResizableBuffer =>
  Reflect.construct(ArrayBuffer, [byteLength, { maxByteLength }]) as ResizableBuffer;
