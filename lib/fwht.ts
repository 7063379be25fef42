import type { Backend, TransformArray } from "./backends/backend.js";
import { backendFor } from "./backends/by-size.js";
import { checkBackend } from "./backends/select.js";
import {
  checkArray,
  checkBoolean,
  checkFinite,
  checkInteger,
  checkOneOf,
  describe,
  typedArrayLength,
  typedArrayName,
} from "./checks.js";
import type { KroneckerFactor } from "./hadamard/factor.js";
import { factorOf, knownOrder, MAX_ORDER, orderAbove, orderBelow } from "./hadamard/orders.js";
import { readOptions } from "./options.js";
import { ORDERINGS, type Ordering, reorder } from "./orderings.js";

/** The longest row that is transformed. */
export const MAX_LENGTH = MAX_ORDER;

/** Options of {@link fwht} and of its `plan`. */
export interface FwhtOptions {
  /**
   * Length n of one row, up to 2²⁴: a power of two, or b·2^m with the order b of a matrix of Paley (12, 20, 28, 36, 44, 52, 60 … up to 256) or of
   * Williamson (92, 116, 156, 172), such as 384, 768, 1280 or 11008; the array holds any number of rows. Default: the whole array.
   */
  rowLength?: number;
  /**
   * Factor on the result: a number, "orthonormal" (1/√n: H/√n is orthogonal, and its own inverse where H is symmetric) or "inverse"
   * (1/n, and Hᵀ in place of H: undoes an unscaled transform). Default 1. An Int32Array takes 1 and "inverse" only.
   */
  scale?: number | "orthonormal" | "inverse";
  /**
   * Whether Hᵀ takes the place of H, and with the scale "inverse" H that of Hᵀ. Default false. It makes a difference for the lengths
   * b·2^m of which b is 92, 116, 156 or 172: all other matrices are symmetric.
   */
  transpose?: boolean;
  /**
   * Order of the results: "natural" (Hadamard), "sequency" (by number of sign changes: Walsh) or "dyadic" (Paley). Default
   * "natural", which is the fastest: the others permute it, and are for powers of two only.
   */
  ordering?: Ordering;
  /** Default: the one chosen at load time; for a few elements plain TypeScript, which is faster there. */
  backend?: Backend;
}

const OPTIONS = [
  "rowLength",
  "scale",
  "transpose",
  "ordering",
  "backend",
] as const satisfies (keyof FwhtOptions)[];

const isPowerOfTwo = (n: number): boolean => n > 0 && (n & (n - 1)) === 0;

interface Checked {
  rowLength: number;
  multiplier: number;
  ordering: Ordering;
  backend: Backend;
  factor: KroneckerFactor | null;
}

function check(x: TransformArray, given: FwhtOptions | null | undefined, bound: boolean): Checked {
  checkArray("x", x, "Float32Array", "Float64Array", "Int32Array");
  const options = readOptions<FwhtOptions>(bound ? "fwht.plan" : "fwht", given, OPTIONS);
  // No elements are no rows, of whatever length.
  const { rowLength = x.length || 1, scale = 1, transpose = false, ordering = "natural" } = options;
  const { backend = backendFor(x.length, bound) } = options;
  const matrix = checkRowLength(x.length, rowLength, options.rowLength !== undefined);
  checkBoolean("transpose", transpose);
  checkOneOf("ordering", ordering, ORDERINGS);
  if (ordering !== "natural" && matrix !== null) {
    throw new RangeError(
      `ordering "${ordering}" is for rows of a power of two, got rows of ${rowLength}; use "natural"`,
    );
  }
  checkBackend(backend);
  const multiplier = multiplierOf(scale, rowLength, typedArrayName(x));
  const factor = (scale === "inverse") === transpose ? matrix : (matrix?.transposed ?? null);
  return { rowLength, multiplier, ordering, backend, factor };
}

/** Returns B; null where the length is a power of two. */
function checkRowLength(length: number, rowLength: number, given: boolean): KroneckerFactor | null {
  const what = given ? "rowLength" : "the length of x";
  checkInteger(what, rowLength, 1, MAX_LENGTH);
  const order = knownOrder(rowLength);
  if (order === null) {
    throw new RangeError(
      `${what} must be the order of a known Hadamard matrix, got ${rowLength}; the nearest are ` +
        `${orderBelow(rowLength).order} and ${orderAbove(rowLength).order}: ` +
        (given ? "pad the rows with zeros" : "pad x with zeros, or pass rowLength if it holds several rows"),
    );
  }
  if (length % rowLength !== 0) {
    throw new RangeError(`x has ${length} elements, no whole number of rows of rowLength ${rowLength}`);
  }
  return factorOf(order);
}

function multiplierOf(scale: unknown, n: number, type: string | undefined): number {
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
 * H[i][j] = (−1)^popcount(i & j). n·log2(n) additions a row. For n = b·2^m, H is the Kronecker product B ⊗ Sylvester(2^m) with a
 * matrix B of Paley or Williamson (docs/codes.md). H·Hᵀ = n·1, and H is symmetric where B is none of Williamson's. An Int32Array wraps
 * modulo 2³².
 *
 * @param x rows of n elements each; the results are written to it
 * @returns x
 * @throws TypeError if x is no Float32Array, Float64Array or Int32Array, or is detached
 * @throws RangeError if a length or an option is out of range
 * @example
 * fwht(Float32Array.of(1, 2, 3, 4)); // 10, -2, -4, 0
 * @example
 * // Undoing "orthonormal" where H is not symmetric: 11008 = 172·64
 * const x = new Float32Array(11008).fill(1);
 * fwht(x, { scale: "orthonormal" });
 * fwht(x, { scale: "orthonormal", transpose: true });
 */
export function fwht<T extends TransformArray>(x: T, options?: FwhtOptions | null): T {
  // The commonest call skips the checks, none of which it can fail.
  if (
    options === undefined &&
    typedArrayName(x) === "Float32Array" &&
    isPowerOfTwo(typedArrayLength(x)) &&
    x.length <= MAX_LENGTH
  ) {
    backendFor(x.length, false).fwht(x, x.length, 1, null);
    return x;
  }
  const { rowLength, multiplier, ordering, backend, factor } = check(x, options, false);
  backend.fwht(x, rowLength, multiplier, factor);
  reorder(x, rowLength, ordering);
  return x;
}

/**
 * The transform bound to one array: checks once, and is the cheapest call there is.
 *
 * @param x rows of n elements each, as {@link fwht} takes them
 * @returns a function that transforms what the array holds when it is called; it throws a TypeError once the array is detached
 * or its length has changed
 * @throws TypeError and RangeError as {@link fwht} does
 * @example
 * const x = new Float32Array(1024);
 * const transform = fwht.plan(x);
 * transform();
 */
fwht.plan = (x: TransformArray, options?: FwhtOptions | null): (() => void) => {
  const { rowLength, multiplier, ordering, backend, factor } = check(x, options, true);
  const length = typedArrayLength(x);
  const run = backend.plan(x, rowLength, multiplier, factor);
  return () => {
    if (typedArrayLength(x) !== length) {
      throw new TypeError(
        `x was detached or resized after fwht.plan: its length was ${length}, is ${typedArrayLength(x)}`,
      );
    }
    run();
    if (ordering !== "natural") reorder(x, rowLength, ordering);
  };
};
