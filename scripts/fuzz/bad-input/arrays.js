// Typed arrays whose memory is gone, or is that of another one.

/** @import { Placed } from "../memory.js" */

/**
 * @template {Placed} T
 * @param {T} array
 * @returns {T}
 */
export function detached(array) {
  const copy = /** @type {T} */ (array.slice());
  structuredClone(copy.buffer, { transfer: [/** @type {ArrayBuffer} */ (copy.buffer)] });
  return copy;
}

/**
 * A copy behind the end of a buffer that has been made shorter.
 * @template {Placed} T
 * @param {T} array not empty
 * @returns {T}
 */
export function outOfBounds(array) {
  const Resizable =
    /** @type {new (size: number, options: object) => ArrayBuffer & { resize(size: number): void }} */ (
      /** @type {unknown} */ (ArrayBuffer)
    );
  const buffer = new Resizable(array.byteLength, { maxByteLength: array.byteLength });
  const Type = /** @type {new (buffer: ArrayBuffer, offset: number, length: number) => T} */ (
    array.constructor
  );
  const view = new Type(buffer, 0, array.length);
  buffer.resize(0);
  return view;
}

/**
 * Floats of the same buffer that share at least a byte with an array; null where the buffer has no room for so many.
 * @param {Placed} array not empty
 * @param {number} length not 0
 * @param {number} where from 0 to 1: at its start, or at its end
 */
export function overlapping(array, length, where) {
  const first = array.byteOffset + Math.floor(where * (array.byteLength - 1));
  const start = Math.floor(first / 4) * 4;
  if (start + 4 * length > array.buffer.byteLength) return null;
  return new Float32Array(/** @type {ArrayBuffer} */ (array.buffer), start, length);
}
