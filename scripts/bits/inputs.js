// Seeded inputs: Mulberry32, and the kinds of rows that take different paths through a kernel.

/** @param {number} seed */
export function generator(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let z = Math.imul(state ^ (state >>> 15), state | 1);
    z ^= z + Math.imul(z ^ (z >>> 7), z | 61);
    return ((z ^ (z >>> 14)) >>> 0) / 2 ** 32;
  };
}

const SPECIAL = [NaN, Infinity, -Infinity, 0, -0, 2 ** -149, 2 ** -126, 3.4e38, -3.4e38, 1, -1];

/** @typedef {() => number} Random uniform in [0, 1) */

/** @param {Random} random */
const normal = (random) => random() + random() + random() + random() - 2;
/** @satisfies {Record<string, (random: Random) => number>} */
const DRAW = {
  normal,
  positive: (random) => Math.max(0, normal(random)),
  integers: (random) => Math.floor(random() * 17) - 8,
  huge: (random) => normal(random) * 1e38,
  tiny: (random) => normal(random) * 1e-42,
  // A power of two: Math.pow of other bases has different bits in different engines.
  mixed: (random) => normal(random) * 2 ** Math.floor(random() * 270 - 145),
  zeros: (random) => (random() < 0.5 ? 0 : -0),
  special: (random) => (random() < 0.02 ? SPECIAL[Math.floor(random() * SPECIAL.length)] : normal(random)),
};

/**
 * @template {Float32Array | Float64Array | Int32Array} T
 * @param {T} array
 * @param {number} seed
 * @param {(random: Random) => number} draw
 */
function fill(array, seed, draw) {
  const random = generator(seed);
  for (let i = 0; i < array.length; i++) array[i] = draw(random);
  return array;
}

/** @typedef {keyof typeof DRAW} Kind */
export const KINDS = /** @type {Kind[]} */ (Object.keys(DRAW));

/**
 * @param {number} length
 * @param {number} seed
 * @param {Kind} kind
 */
export const floats = (length, seed, kind = "normal") => fill(new Float32Array(length), seed, DRAW[kind]);
/**
 * @param {number} length
 * @param {number} seed
 */
export const doubles = (length, seed) => fill(new Float64Array(length), seed, normal);
/**
 * @param {number} length
 * @param {number} seed
 */
export const integers = (length, seed) =>
  fill(new Int32Array(length), seed, (random) => Math.floor(random() * 2 ** 32) - 2 ** 31);
/**
 * @param {number} rows
 * @param {number} classes
 * @param {number} seed
 */
export const labels = (rows, classes, seed) =>
  fill(new Int32Array(rows), seed, (random) => Math.floor(random() * classes));
