/** Memory in which numbers of other types are made float32, slice by slice. */

import { aligned } from "./aligned.js";
import { defaultTransform } from "./backends/select.js";

/** Numbers in a slice: 4 MiB, enough for the native kernels to share it among threads. */
export const SLICE = 2 ** 20;

let memory: Float32Array = new Float32Array();

/**
 * Returns an array that is kept from call to call, which is safe since calls do not nest. One longer than a slice belongs to the caller
 * alone, and is not kept.
 */
export function scratch(length: number): Float32Array {
  const make = () => aligned(Float32Array, length, defaultTransform());
  if (length > SLICE) return make();
  if (memory.length < length) memory = make();
  return memory.length === length ? memory : memory.subarray(0, length);
}
