// What is hashed: generators of results, one a group. Inputs come from seeds, so they are the same everywhere. Nothing here is of one
// runtime, and the package comes as an argument: scripts/runtimes runs the same cases in all of them.
import { headCases } from "./heads.js";
import { optionCases } from "./options.js";
import { transformCases } from "./transforms.js";

/** @import { Backend, TransformArray } from "../../dist/index.js" */
/** @import { Shapes } from "./shapes.js" */
/** @typedef {Pick<typeof import("../../dist/index.js"), "FixedClassifier" | "fwht" | "rotation">} Api */
/** @typedef {TransformArray | Uint8Array | number} Result */
/** @typedef {(backend: Backend) => Iterable<Result> | AsyncIterable<Result>} Case */

/**
 * @param {Api} api
 * @param {Shapes} shapes
 * @returns {Record<string, Case>}
 */
export const casesOf = (api, shapes) => ({
  ...transformCases(api, shapes),
  ...headCases(api, shapes),
  ...optionCases(api, shapes),
});

/**
 * What is hashed of a result: its type, and its bytes with all NaNs alike, since their payloads may differ.
 * @param {Result} result
 * @returns {[type: string, bytes: Uint8Array<ArrayBuffer>]}
 */
export function hashed(result) {
  const array = typeof result === "number" ? Float64Array.of(result) : result.slice();
  for (let i = 0; i < array.length; i++) if (Number.isNaN(array[i])) array[i] = Number.NaN;
  return [array.constructor.name, new Uint8Array(array.buffer, array.byteOffset, array.byteLength)];
}
