import type { Backend } from "./backend.js";
import { createBackend, defaultBackend } from "./select.js";

/**
 * Up to this many elements the js backend has transformed an array before the call into another one arrives. A bound call is cheaper,
 * so its limit is lower. The bits are the same.
 */
const SMALL = 8;
const SMALL_BOUND = 4;

let js: Backend | undefined;

/** The backend that is fastest for the transform of so many elements in all. */
export function backendFor(elements: number, bound: boolean): Backend {
  if (elements > (bound ? SMALL_BOUND : SMALL)) return defaultBackend();
  js ??= createBackend("js");
  return js;
}
