// Results of two backends: the same bits, but for the payload of a NaN.
import { bytesOf } from "./memory.js";

/** @import { Placed } from "./memory.js" */
/** @typedef {Placed | number | string | boolean | null | undefined | { [name: string]: Result }} Result */

/**
 * Copies what the next call would overwrite.
 * @param {Result} result
 * @returns {Result}
 */
export function keep(result) {
  if (ArrayBuffer.isView(result)) return /** @type {Placed} */ (result).slice();
  if (typeof result !== "object" || result === null) return result;
  return Object.fromEntries(Object.entries(result).map(([name, value]) => [name, keep(value)]));
}

/**
 * Where two results differ, in words; null: nowhere.
 * @param {Result} a
 * @param {Result} b
 * @param {string} path
 * @returns {string | null}
 */
export function difference(a, b, path = "the result") {
  if (ArrayBuffer.isView(a) && ArrayBuffer.isView(b)) {
    return arrayDifference(/** @type {Placed} */ (a), /** @type {Placed} */ (b), path);
  }
  if (typeof a === "object" && typeof b === "object" && a !== null && b !== null) {
    const names = Object.keys(a);
    if (String(names) !== String(Object.keys(b))) return `${path} has other parts`;
    for (const name of names) {
      const found = difference(
        /** @type {Record<string, Result>} */ (a)[name],
        /** @type {Record<string, Result>} */ (b)[name],
        name,
      );
      if (found !== null) return found;
    }
    return null;
  }
  return Object.is(a, b) ? null : `${path} is ${shown(a)} and ${shown(b)}`;
}

/**
 * @param {Placed} a
 * @param {Placed} b
 * @param {string} path
 */
function arrayDifference(a, b, path) {
  if (a.constructor !== b.constructor || a.length !== b.length) {
    return `${path} is a ${a.constructor.name} of length ${a.length} and a ${b.constructor.name} of length ${b.length}`;
  }
  if (bytesOf(a).compare(bytesOf(b)) === 0) return null;
  for (let i = 0; i < a.length; i++) {
    if (!Object.is(a[i], b[i])) return `${path}[${i}] of ${a.length} is ${shown(a[i])} and ${shown(b[i])}`;
  }
  return null;
}

/** @param {unknown} value */
const shown = (value) =>
  Object.is(value, -0) ? "-0" : typeof value === "string" ? JSON.stringify(value) : String(value);
