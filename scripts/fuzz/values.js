// Arrays of random numbers of one kind: those that take different paths through a kernel.

/** @import { Random } from "./random.js" */

const SPECIAL = [NaN, Infinity, -Infinity, 0, -0, 2 ** -149, -(2 ** -126), 3.4028234663852886e38, 1, -1];

const words = new Int32Array(1);
const float = new Float32Array(words.buffer);

/** @param {Random} random */
const normal = (random) => (random.bits() + random.bits() + random.bits()) / 2 ** 31;

/** @satisfies {Record<string, (random: Random) => number>} */
const DRAW = {
  normal,
  positive: (random) => Math.max(0, normal(random)),
  integers: (random) => random.from(-8, 8),
  huge: (random) => normal(random) * 1e38,
  tiny: (random) => normal(random) * 1e-30,
  denormal: (random) => normal(random) * 1e-40,
  mixed: (random) => normal(random) * 2 ** random.from(-149, 126),
  zeros: (random) => (random.chance(0.5) ? 0 : -0),
  ones: () => 1,
  sparse: (random) => (random.chance(0.1) ? normal(random) : 0),
  special: (random) => (random.chance(0.1) ? random.pick(SPECIAL) : normal(random)),
  bits(random) {
    words[0] = random.bits();
    return float[0];
  },
};

/** @typedef {keyof typeof DRAW} Kind */

/** @type {{ kind: Kind, weight: number }[]} */
const KINDS = [
  { kind: "normal", weight: 6 },
  ...Object.keys(DRAW).map((kind) => ({ kind: /** @type {Kind} */ (kind), weight: 1 })),
];

/** @param {Random} random */
export const drawKind = (random) => random.weighted(KINDS).kind;

/**
 * @template {Float32Array | Float64Array} T
 * @param {Random} random
 * @param {T} array
 * @param {Kind} kind
 */
export function fill(random, array, kind) {
  const draw = DRAW[kind];
  for (let i = 0; i < array.length; i++) array[i] = draw(random);
  return array;
}

/**
 * @param {Random} random
 * @param {number} length
 * @param {Kind} kind
 */
export const floats = (random, length, kind = drawKind(random)) =>
  fill(random, new Float32Array(length), kind);

/**
 * Any bits in an array of integers.
 * @template {Int8Array | Int32Array | Uint16Array} T
 * @param {Random} random
 * @param {T} array
 */
export function fillBits(random, array) {
  for (let i = 0; i < array.length; i++) array[i] = random.bits();
  return array;
}

/** One number of any kind. @param {Random} random */
export const drawNumber = (random) => DRAW[drawKind(random)](random);
