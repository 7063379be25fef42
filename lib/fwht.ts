import type { Backend, TransformArray } from "./backends/backend.js";
import { defaultBackend } from "./backends/select.js";
import {
  checkArray,
  checkBackend,
  checkFinite,
  checkInteger,
  checkOneOf,
  describe,
  typedArrayName,
} from "./checks.js";
import { ORDERINGS, type Ordering, reorder } from "./orderings.js";

/** The longest row that is transformed. */
export const MAX_LENGTH = 2 ** 24;

export interface FwhtOptions {
  /** Length n of one row, a power of two up to 2²⁴; the array holds any number of rows. Default: the whole array. */
  rowLength?: number;
  /**
   * Factor on the result: a number, "orthonormal" (1/√n: the transform becomes its own inverse) or "inverse" (1/n: undoes an
   * unscaled transform). Default 1. An Int32Array takes 1 and "inverse" only.
   */
  scale?: number | "orthonormal" | "inverse";
  /**
   * Order of the results: "natural" (Hadamard), "sequency" (by number of sign changes: Walsh) or "dyadic" (Paley). Default
   * "natural", which is the fastest: the others permute it.
   */
  ordering?: Ordering;
  /** Default: the one chosen at load time. */
  backend?: Backend;
}

interface Checked {
  rowLength: number;
  factor: number;
  ordering: Ordering;
  backend: Backend;
}

function check(x: TransformArray, options: FwhtOptions): Checked {
  checkArray("x", x, "Float32Array", "Float64Array", "Int32Array");
  const { rowLength = x.length, scale = 1, ordering = "natural", backend = defaultBackend() } = options;
  checkRowLength(x.length, rowLength, options.rowLength !== undefined);
  checkOneOf("ordering", ordering, ORDERINGS);
  checkBackend(backend);
  return { rowLength, factor: factorOf(scale, rowLength, typedArrayName(x)), ordering, backend };
}

function checkRowLength(length: number, rowLength: number, given: boolean): void {
  const what = given ? "rowLength" : "the length of x";
  checkInteger(what, rowLength, 1, MAX_LENGTH);
  if (!Number.isInteger(Math.log2(rowLength))) {
    const above = 2 ** Math.ceil(Math.log2(rowLength));
    throw new RangeError(
      `${what} must be a power of two, got ${rowLength}; the nearest are ${above / 2} and ${above}: ` +
        (given ? "pad the rows with zeros" : "pad x with zeros, or pass rowLength if it holds several rows"),
    );
  }
  if (length % rowLength !== 0) {
    throw new RangeError(`x has ${length} elements, no whole number of rows of rowLength ${rowLength}`);
  }
}

function factorOf(scale: unknown, n: number, type: string | undefined): number {
  if (typeof scale === "string") checkOneOf("scale", scale, ["orthonormal", "inverse"]);
  else if (typeof scale === "number") checkFinite("scale", scale);
  else throw new TypeError(`scale must be a number, "orthonormal" or "inverse", got ${describe(scale)}`);
  if (scale === "inverse") return 1 / n;
  if (type === "Int32Array" && scale !== 1) {
    throw new RangeError(
      `scale of an Int32Array must be 1 or "inverse", got ${describe(scale)}; use a Float64Array for other factors`,
    );
  }
  return scale === "orthonormal" ? 1 / Math.sqrt(n) : (scale as number);
}

/**
 * Fast Walsh-Hadamard transform in place: every row x of length n becomes H·x, with H the Hadamard matrix of Sylvester,
 * H[i][j] = (−1)^popcount(i & j). n·log2(n) additions a row. An Int32Array wraps modulo 2³².
 *
 * @param x one or more rows of a power of two elements each
 * @returns x
 * @throws TypeError if x is no Float32Array, Float64Array or Int32Array, or is detached
 * @throws RangeError if a length or an option is out of range
 * @example
 * fwht(Float32Array.of(1, 2, 3, 4)); // 10, -2, -4, 0
 */
export function fwht<T extends TransformArray>(x: T, options: FwhtOptions = {}): T {
  const { rowLength, factor, ordering, backend } = check(x, options);
  backend.fwht(x, rowLength, factor);
  reorder(x, rowLength, ordering);
  return x;
}

/**
 * The transform bound to one array: checks once, and is the cheapest call there is.
 *
 * @returns a function that transforms what the array holds when it is called; it throws a TypeError once the array is detached
 * or its length has changed
 * @example
 * const x = new Float32Array(1024);
 * const transform = fwht.plan(x);
 * transform();
 */
fwht.plan = (x: TransformArray, options: FwhtOptions = {}): (() => void) => {
  const { rowLength, factor, ordering, backend } = check(x, options);
  const length = x.length;
  const run = backend.plan(x, rowLength, factor);
  return () => {
    if (x.length !== length) {
      throw new TypeError(
        `x was detached or resized after fwht.plan: its length was ${length}, is ${x.length}`,
      );
    }
    run();
    if (ordering !== "natural") reorder(x, rowLength, ordering);
  };
};
