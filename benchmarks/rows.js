// Arrays for the transform, and calls that transform one without end.
import { normal } from "./data.js";
import { check, transformEntry } from "./exact.js";
import * as product from "./product.js";
import { repeated, timerOf, warmUp } from "./timing.js";

/** @import { ElementType, TransformArray } from "./product.js" */
/** @import { Matrix } from "./exact.js" */
/** @import { NativeAddon } from "./setup.js" */

/**
 * What the constructors of the arrays have in common.
 * @typedef {object} ArrayType
 * @property {number} BYTES_PER_ELEMENT
 * @property {(values: ArrayLike<number>, map: (value: number) => number) => TransformArray} from
 */
/** @typedef {new (length: number) => TransformArray} ByLength */
/** @typedef {new (buffer: ArrayBuffer, offset: number, length: number) => TransformArray} ByBuffer */

/**
 * `room`: by how many bits values may grow.
 * @type {Record<ElementType, { Type: ArrayType & ByLength & ByBuffer, room: number }>}
 */
const TYPES = {
  float32: { Type: Float32Array, room: 160 },
  float64: { Type: Float64Array, room: 1600 },
  // Integers wrap, and cost the same whatever they are.
  int32: { Type: Int32Array, room: Number.POSITIVE_INFINITY },
};

/** Nanoseconds of a run of transforms. */
const RUN = 20_000;

/** @type {(type: ElementType, n: number) => TransformArray} */
export const values = (type, n) =>
  TYPES[type].Type.from(normal(n), (value) => (type === "int32" ? Math.round(1e4 * value) : value));

/**
 * At a multiple of 64 bytes: for the kernel by itself.
 * @param {NativeAddon} addon
 * @param {ElementType} type
 * @param {number} n
 */
export function aligned(addon, type, n) {
  const { Type } = TYPES[type];
  const buffer = new ArrayBuffer(n * Type.BYTES_PER_ELEMENT + 64);
  const offset = (64 - addon.misalignment(new Uint8Array(buffer))) % 64;
  const x = new Type(buffer, offset, n);
  x.set(values(type, n));
  return x;
}

/** What the package itself offers for an array of best speed. */
export const hasAllocate = typeof product.allocate === "function";

/**
 * @param {ElementType} type
 * @param {number} n
 */
export function allocated(type, n) {
  const x = hasAllocate ? product.allocate(n, type) : new TYPES[type].Type(n);
  x.set(values(type, n));
  return x;
}

/**
 * Throws unless `transform`, which works in place, does what the definition says; `matrix` where the order is no power of two.
 * @param {string} what
 * @param {TransformArray} x
 * @param {() => void} transform
 * @param {{ rowLength?: number, matrix?: Matrix }} options
 */
export function checkTransform(what, x, transform, { rowLength = x.length, matrix } = {}) {
  const before = x.slice();
  transform();
  const scale = Math.sqrt(rowLength);
  /** @param {number} i */
  const exact = (i) => {
    const start = i - (i % rowLength);
    return transformEntry(before.subarray(start, start + rowLength), i - start, matrix) * scale;
  };
  check(what, x, exact, Math.max(...x.subarray(0, 1000).map(Math.abs)));
  x.set(before);
}

/**
 * A run of calls that each transform the rows of x without a scale, which makes them √n times as long. As many follow each other as
 * floating point has room for, in bits; then it is scaled back outside the time, because overflow or denormals would measure
 * something else.
 * @param {ElementType} type
 * @param {TransformArray} x
 * @param {() => void} transform
 * @returns a function: nanoseconds for one call
 */
export function transforms(type, x, transform, rowLength = x.length) {
  const { room } = TYPES[type];
  const stages = Math.log2(rowLength);
  // One more is made before the time, which brings back what others have put out of the caches since the last run.
  const mostPairs = Math.floor(room / stages) - 1;
  shiftExponent(x, -room / 2, room);
  const time = timerOf(transform);
  let pairs = 1;
  let used = 0;
  const run = () => {
    if (used + pairs > mostPairs + 1) {
      shiftExponent(x, -used * stages, room);
      used = 0;
    }
    used += pairs + 1;
    time(2);
    return time(2 * pairs) / (2 * pairs);
  };
  warmUp(run);
  while (2 * pairs <= mostPairs && run() * 2 * pairs < RUN) pairs *= 2;
  return run;
}

/**
 * A run of calls on a row of zeros, which may be transformed without end: as long as other rows, and longer runs of short ones.
 * @param {TransformArray} x
 * @param {() => void} transform
 */
export function zeros(x, transform) {
  x.fill(0);
  return repeated(transform, RUN);
}

/**
 * @param {TransformArray} x
 * @param {number} by
 * @param {number} room of the type of x
 */
function shiftExponent(x, by, room) {
  if (!Number.isFinite(room)) return;
  // In two steps: the factor alone may be out of range.
  const half = Math.trunc(by / 2);
  const first = 2 ** half;
  const second = 2 ** (by - half);
  for (let i = 0; i < x.length; i++) x[i] = x[i] * first * second;
}
