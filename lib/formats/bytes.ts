import { checkArray, describe, typedArrayName } from "../checks.js";

/**
 * The bytes of a file, however they were read: a Uint8Array (so a Buffer too), an ArrayBuffer or a SharedArrayBuffer, of this realm or
 * another. The view that is returned keeps its length while it is read.
 *
 * @throws TypeError for anything else, and for what is detached or out of the bounds of its buffer
 */
export function checkBytes(what: string, value: unknown): Uint8Array {
  const length = bufferLength(value);
  if (length === null) {
    if (typedArrayName(value) !== "Uint8Array") {
      throw new TypeError(`${what} must be a Uint8Array or an ArrayBuffer, got ${describe(value)}`);
    }
    checkArray(what, value, "Uint8Array");
    return new Uint8Array(value.buffer, value.byteOffset, value.length);
  }
  try {
    return new Uint8Array(value as ArrayBufferLike, 0, length);
  } catch {
    throw new TypeError(`${what} is detached: it was transferred; pass the buffer that holds it now`);
  }
}

const byteLengthGetters = /* @__PURE__ */ (() =>
  [
    ArrayBuffer,
    // Pages that are not isolated have none.
    ...(typeof SharedArrayBuffer === "undefined" ? [] : [SharedArrayBuffer]),
  ].map(
    ({ prototype }) =>
      Object.getOwnPropertyDescriptor(prototype, "byteLength")?.get as (this: unknown) => number,
  ))();

/** The length of a buffer; null for what is none. The getters know their own kind, of another realm too. */
function bufferLength(value: unknown): number | null {
  for (const getter of byteLengthGetters) {
    try {
      return getter.call(value);
    } catch {
      // Of another kind.
    }
  }
  return null;
}
