// Rows of features of every type, for a head.
import { drawKind, fillBits, floats } from "./values.js";

/** @import { FeatureOptions } from "../../dist/index.js" */
/** @import { DrawnHead } from "./heads.js" */
/** @import { Memory } from "./memory.js" */
/** @import { Random } from "./random.js" */

/** Newer versions of Node.js have it. */
const Float16 =
  /** @type {{ Float16Array?: new (buffer: ArrayBufferLike, offset: number, length: number) => Float32Array }} */ (
    globalThis
  ).Float16Array;

/** @typedef {Float32Array | Uint16Array | Int8Array} FeatureArray */

/**
 * @typedef {object} DrawnFeatures
 * @property {number} rows
 * @property {FeatureArray} array
 * @property {FeatureOptions} options
 * @property {object} shape what is printed of it
 * @property {(memory: Memory) => FeatureArray} place
 */

/** The most numbers that rows of features, or of classes, have in an ordinary case. */
const MOST = 1500;
/** And in one that the native backend shares among threads. */
const MOST_OF_LARGE = 400_000;

/**
 * @param {Random} random
 * @param {number} widest
 */
export function drawRows(random, widest) {
  if (random.chance(0.0002)) return Math.floor(MOST_OF_LARGE / widest);
  if (random.chance(0.03)) return 0;
  // Sums over rows are made in chunks of 32.
  const most = random.chance(0.05) ? 70 : random.chance(0.5) ? 1 : 5;
  return random.from(1, Math.max(1, Math.min(most, Math.floor(MOST / widest))));
}

/**
 * @param {Random} random
 * @param {DrawnHead} head
 * @returns {DrawnFeatures}
 */
export function drawFeatures(random, head) {
  const rows = drawRows(random, Math.max(head.features, head.classes));
  const length = rows * head.features;
  if (random.chance(0.75)) return drawFloats(random, rows, length);
  if (random.chance(0.3)) return drawIntegers(random, rows, length);
  const array = fillBits(random, new Uint16Array(length));
  if (random.chance(0.6)) halves(array);
  const type = random.pick(/** @type {const} */ (["float16", "bfloat16"]));
  if (type === "float16" && Float16 !== undefined && random.chance(0.3)) {
    const shape = { rows, type: "Float16Array" };
    return { rows, array, options: {}, shape, place: (memory) => asFloat16(memory.input(array)) };
  }
  return { rows, array, options: { type }, shape: { rows, type }, place: (memory) => memory.input(array) };
}

/**
 * @param {Random} random
 * @param {number} rows
 * @param {number} length
 * @returns {DrawnFeatures}
 */
export function drawFloats(random, rows, length) {
  const kind = drawKind(random);
  const array = floats(random, length, kind);
  return { rows, array, options: {}, shape: { rows, values: kind }, place: (memory) => memory.input(array) };
}

/**
 * @param {Random} random
 * @param {number} rows
 * @param {number} length
 * @returns {DrawnFeatures}
 */
function drawIntegers(random, rows, length) {
  const array = fillBits(random, new Int8Array(length));
  const featureScale = random.chance(0.8) ? random.unit() + 2 ** -20 : 2 ** random.from(-140, 126);
  const options = random.chance(0.7) ? { featureScale } : {};
  return {
    rows,
    array,
    options,
    shape: { rows, type: "int8", ...options },
    place: (memory) => memory.input(array),
  };
}

/** Makes any bits numbers of ordinary size, in both types. @param {Uint16Array} array */
function halves(array) {
  for (let i = 0; i < array.length; i++) array[i] = (array[i] & 0x87ff) | 0x3800;
}

/** @param {Uint16Array} array */
const asFloat16 = ({ buffer, byteOffset, length }) =>
  /** @type {FeatureArray} */ (
    new /** @type {NonNullable<typeof Float16>} */ (Float16)(buffer, byteOffset, length)
  );
