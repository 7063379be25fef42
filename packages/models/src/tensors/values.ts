import type { StoredType } from "../last-layer.js";
import { float16Table } from "./half.js";

export const BYTES_PER_NUMBER: Readonly<Record<StoredType, number>> = {
  float64: 8,
  float32: 4,
  float16: 2,
  bfloat16: 2,
};

/** Numbers as files have them, little end first and at any offset, as float32; float64 is rounded. */
export function toFloat32(bytes: Uint8Array, type: StoredType): Float32Array {
  const width = BYTES_PER_NUMBER[type];
  if (bytes.length % width !== 0)
    throw new RangeError(`${bytes.length} bytes are no whole ${type} numbers of ${width} bytes`);
  const values = new Float32Array(bytes.length / width);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (type === "float32") for (let i = 0; i < values.length; i++) values[i] = view.getFloat32(4 * i, true);
  else if (type === "float64")
    for (let i = 0; i < values.length; i++) values[i] = view.getFloat64(8 * i, true);
  else if (type === "float16") {
    const table = float16Table();
    for (let i = 0; i < values.length; i++) values[i] = table[view.getUint16(2 * i, true)];
  } else {
    const bits = new Uint32Array(values.buffer);
    for (let i = 0; i < values.length; i++) bits[i] = view.getUint16(2 * i, true) << 16;
  }
  return values;
}

/** Numbers as float32, little end first, as files have them. */
export function float32Bytes(values: ArrayLike<number>): Uint8Array {
  const bytes = new Uint8Array(4 * values.length);
  const view = new DataView(bytes.buffer);
  for (let i = 0; i < values.length; i++) view.setFloat32(4 * i, values[i], true);
  return bytes;
}

/** Rows × columns as columns × rows. */
export function transposed(values: Float32Array, rows: number, columns: number): Float32Array {
  const result = new Float32Array(values.length);
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++)
      result[column * rows + row] = values[row * columns + column];
  }
  return result;
}

/** The index of the first NaN or infinity, or −1. */
export function firstNotFinite(values: ArrayLike<number>): number {
  for (let i = 0; i < values.length; i++) if (!Number.isFinite(values[i])) return i;
  return -1;
}

/** The index of the first bias that no class can have, or −1: −∞ masks a class, as long as there are others. */
export function firstBadBias(values: ArrayLike<number>): number {
  let masked = 0;
  for (let i = 0; i < values.length; i++) {
    if (values[i] === Number.NEGATIVE_INFINITY) masked++;
    else if (!Number.isFinite(values[i])) return i;
  }
  return masked > 0 && masked === values.length ? 0 : -1;
}
