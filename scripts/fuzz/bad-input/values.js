// What options must not be, whatever else the call has.
import { detached } from "./arrays.js";

/**
 * What is known of the call that is broken.
 * @typedef {object} Place
 * @property {number} rows
 * @property {number} classes
 */

const NO_FLAGS = [0, 1, "true", {}, NaN];
const NO_NUMBERS = [NaN, Infinity, "1", {}, true, [1], 1n];
const NO_OBJECTS = [3, "x", true, 10n, [], [1], Symbol("x"), () => {}, new Float32Array(2)];

/** @type {(length: number) => unknown[]} */
const noWeights = (length) => [
  ...[3, "x", {}, true, new Int32Array(length), new BigInt64Array(length), new Float32Array(length + 1)],
  ...[new Array(length + 1).fill(1), detached(new Float32Array(length + 1))],
  ...(length === 0
    ? []
    : [-1, NaN, Infinity, "1", null, undefined, 1e39, 1n].map((bad) => [
        ...new Array(length - 1).fill(1),
        bad,
      ])),
];

/**
 * Values of an option, every one of which is wrong. An option that the call does not have is wrong whatever its value.
 * @type {Record<string, (place: Place) => readonly unknown[]>}
 */
export const BAD_OPTIONS = {
  type: () => ["float32", "Float16", 3, {}, true],
  rerank: ({ classes }) => [...NO_NUMBERS, 0, -1, 1.5, classes + 1],
  featureScale: () => [...NO_NUMBERS, 0, -1, 1e39, 1e-60],
  classes: ({ classes }) => [
    ...[[], [-1], [classes], [0, 0.5], ["0"], [NaN], [null], 3, "0", {}],
    ...[new Float32Array(1), new BigInt64Array(1), new Array(1), Int32Array.of(0, classes), new Int32Array()],
  ],
  normalised: () => NO_FLAGS,
  temperature: () => [...NO_NUMBERS, 0, -1],
  loss: () => ["crossentropy", "constructor", "__proto__", 3, {}, [], true],
  reduction: () => ["avg", "", 3, {}, true],
  ignoreIndex: () => [...NO_NUMBERS, 1.5, 2 ** 31],
  sampleWeights: ({ rows }) => noWeights(rows),
  classWeights: ({ classes }) => noWeights(classes),
  labelSmoothing: () => [...NO_NUMBERS, -0.1, 1],
  margin: () => [...NO_NUMBERS, -0.1, 2.1],
  angularMargin: () => [...NO_NUMBERS, -0.1, Math.PI],
  target: () => [...NO_NUMBERS, 0],
  weightGradient: ({ classes }) => [
    ...["x", 3, {}, [], [-1], [classes], [0, 0], [0.5], ["0"], [NaN], [null]],
    ...[new Float32Array(1), new Int32Array(), Int32Array.of(0, classes)],
  ],
  rowLength: () => [...NO_NUMBERS, 0, -1, 1.5, 3, 5, 2 ** 25],
  scale: () => ["ortho", NaN, Infinity, {}, true, 2n],
  shape: () => [3, "x", {}, [], [-1], [1.5], ["2"], [NaN], [3, 5, 7, 11], [2 ** 40], [null]],
  axes: () => [3, "x", {}, [9], [-9], [0.5], ["0"], [NaN], [0, 0], [null]],
  transpose: () => NO_FLAGS,
  inverse: () => NO_FLAGS,
  ordering: () => ["walsh", 3, {}, true],
  backend: () => [{}, 3, "js", { fwht() {} }, true],
  signal: () => [{}, 3, "x", true, { aborted: false }],
};

/** Names that no call has. */
export const MISSPELT = [
  "Out",
  "backends",
  "label_smoothing",
  "ignore_index",
  "axis ",
  "x",
  "constructor",
  "0",
];

/**
 * Arguments that are no arrays, numbers, options …, each of the wrong type for all of them.
 * @type {readonly unknown[]}
 */
export const NOTHING_LIKE_IT = [
  ...[Symbol("x"), 10n, () => {}, true, Object.create(Float32Array.prototype), new BigInt64Array(4)],
];

/** @type {Record<"array" | "labels" | "k" | "count" | "bytes" | "json" | "options", readonly unknown[]>} */
export const BAD_ARGUMENTS = {
  array: [
    ...[null, undefined, 3, "x", {}, [1, 2], new Date(0), new ArrayBuffer(8), new Set(), { length: 4, 0: 1 }],
    ...[new DataView(new ArrayBuffer(8)), new Uint8ClampedArray(4), new Uint32Array(4)],
    new Proxy(new Float32Array(4), {}),
  ],
  labels: [null, undefined, 3, "12", {}, new Set(), new Float64Array(2), new DataView(new ArrayBuffer(8))],
  k: [0, -1, 1.5, NaN, Infinity, "1", null, undefined, {}, [1]],
  count: [0, -1, 1.5, NaN, Infinity, "1", null, undefined, {}, [1], 2 ** 24 + 1],
  bytes: [null, undefined, 3, "x", {}, [1, 2], new Float32Array(8), new DataView(new ArrayBuffer(8))],
  json: [null, undefined, 3, "{}", [], new Float32Array(2)],
  options: NO_OBJECTS,
};
