import type { TransformBackend } from "./backend.js";
import { defaultTransform, openBackend } from "./select.js";

/**
 * Up to this many elements the js backend has transformed an array before the call into another one arrives. A bound call is cheaper,
 * so its limit is lower. The bits are the same.
 */
const SMALL = 8;
const SMALL_BOUND = 4;

let js: TransformBackend | undefined;
let chosen: TransformBackend | undefined;

/** The backend that is fastest for the transform of so many elements in all. */
export function backendFor(elements: number, bound: boolean): TransformBackend {
  if (elements > (bound ? SMALL_BOUND : SMALL)) {
    // Asking which was chosen takes the interpreter as long as a short transform.
    chosen ??= defaultTransform();
    return chosen;
  }
  js ??= openBackend("js").transform;
  return js;
}
