// Options of product codes.

/** @import { Random } from "./random.js" */

/**
 * @param {Random} random
 * @param {number} features
 * @param {number} classes
 */
export function drawProduct(random, features, classes) {
  const stages = random.chance(0.6) ? 1 : random.from(2, 4);
  const normalised = random.chance(0.8);
  const magnitudes = random.chance(0.2)
    ? Float32Array.from({ length: stages * random.from(1, classes) }, () => 4 * random.unit())
    : null;
  return {
    name: /** @type {const} */ ("product"),
    seed: random.bits() >>> 0,
    width: Math.min(random.pick([2, 4, 8, 16, 32]), 2 ** Math.floor(Math.log2(features))),
    stages,
    normalised,
    ...(random.chance(0.2) ? { rotation: random.bits() >>> 0 } : {}),
    ...(magnitudes === null ? {} : { magnitudes }),
  };
}
