import { type ArrayType, aligned } from "./aligned.js";
import type { Backend } from "./backends/backend.js";
import { checkBackend, defaultTransform } from "./backends/select.js";
import { checkInteger, checkOneOf } from "./checks.js";
import { readOptions } from "./options.js";

interface ArrayOf {
  float32: Float32Array;
  float64: Float64Array;
  int32: Int32Array;
}
/** Types of elements that {@link allocate} makes arrays of: "float32", "float64" or "int32". */
export type ElementType = keyof ArrayOf;
const TYPES: { [K in ElementType]: ArrayType<ArrayOf[K]> } = {
  float32: Float32Array,
  float64: Float64Array,
  int32: Int32Array,
};

const MAX_ELEMENTS = 2 ** 31;

/**
 * A typed array of zeros that starts at a cache line. Any array works everywhere, but engines align them to 16 bytes only, and the
 * native kernels lose up to a quarter of their speed on loads that straddle two lines.
 *
 * @param length number of elements, 0 … 2³¹
 * @param type default "float32"
 * @param options `backend`: whose kernels will read the array; default: the fastest that loads
 * @returns a Float32Array, Float64Array or Int32Array of this length
 * @throws TypeError for an argument of the wrong type
 * @throws RangeError for a length out of range, or a type that does not exist
 * @example
 * const x = allocate(2048);
 * const transform = fwht.plan(x);
 */
export function allocate<K extends ElementType = "float32">(
  length: number,
  type: K = "float32" as K,
  options?: { backend?: Backend } | null,
): ArrayOf[K] {
  checkInteger("length", length, 0, MAX_ELEMENTS);
  checkOneOf("type", type, Object.keys(TYPES) as ElementType[]);
  const given = readOptions<{ backend?: Backend }>("allocate", options, ["backend"]);
  if (given.backend !== undefined) checkBackend(given.backend);
  return aligned(TYPES[type], length, given.backend ?? defaultTransform());
}
