import { type AxesTransform, axesOf, type Pass, rowsOf } from "./axes.js";
import type { Backend, TransformArray, TransformBackend } from "./backends/backend.js";
import { backendFor } from "./backends/by-size.js";
import { checkBackend } from "./backends/select.js";
import {
  checkArray,
  checkBoolean,
  checkFinite,
  checkInteger,
  checkOneOf,
  describe,
  type Float16Features,
  typedArrayLength,
  typedArrayName,
} from "./checks.js";
import type { KroneckerFactor } from "./hadamard/factor.js";
import { factorOf, knownOrder, MAX_ORDER, orderAbove, orderBelow } from "./hadamard/orders.js";
import { type Half, halfOf, onFloat32 } from "./half.js";
import { readOptions } from "./options.js";
import { ORDERINGS, type Ordering, reorder } from "./orderings.js";

/** The longest row that is transformed. */
export const MAX_LENGTH = MAX_ORDER;

/** The arrays that {@link fwht} takes: Uint16Array and Float16Array are made float32 and rounded once, at the end. */
export type FwhtArray = TransformArray | Uint16Array | Float16Features;

/** Options of {@link fwht} and of its `plan`. */
export interface FwhtOptions {
  /**
   * Length n of one row, up to 2²⁴: a power of two, or b·2^m with the order b of a matrix of Paley (12, 20, 28, 36, 44, 52, 60 … up to 256) or of
   * Williamson (92, 116, 156, 172), such as 384, 768, 1280 or 11008; the array holds any number of rows. Default: the whole array.
   */
  rowLength?: number;
  /**
   * The sizes of an n-dimensional array in row-major order, the last axis being that of neighbouring elements, in place of `rowLength`.
   * Their product is the length of x.
   */
  shape?: readonly number[];
  /**
   * Which axes of `shape` are transformed, each once, in any order; negative numbers count from the last one. The size of each is a length
   * that a row may have. Default: all. The bits are those of one axis after the other from the first to the last, each column alone.
   */
  axes?: readonly number[];
  /** What the bits in a Uint16Array mean; required for one, and only for one. */
  type?: "float16" | "bfloat16";
  /**
   * Factor on the result: a number, "orthonormal" (1/√n: H/√n is orthogonal, and its own inverse where H is symmetric) or "inverse"
   * (1/n, and Hᵀ in place of H: undoes an unscaled transform), where n is the product of the sizes of all axes that are transformed. Default 1.
   * It multiplies once, at the end. An Int32Array takes 1 and "inverse" only, which divides by n and rounds down.
   */
  scale?: number | "orthonormal" | "inverse";
  /**
   * Whether Hᵀ takes the place of H, and with the scale "inverse" H that of Hᵀ. Default false. It makes a difference for the lengths
   * b·2^m of which b is 92, 116, 156 or 172: all other matrices are symmetric.
   */
  transpose?: boolean;
  /**
   * Order of the results: "natural" (Hadamard), "sequency" (by number of sign changes: Walsh) or "dyadic" (Paley). Default
   * "natural", which is the fastest: the others permute it, every axis by itself, and are for powers of two only.
   */
  ordering?: Ordering;
  /** Default: the fastest that loads; for a few elements plain TypeScript, which is faster there. */
  backend?: Backend;
}

const OPTIONS = [
  "rowLength",
  "scale",
  "transpose",
  "ordering",
  "shape",
  "axes",
  "type",
  "backend",
] as const satisfies (keyof FwhtOptions)[];

const isPowerOfTwo = (n: number): boolean => n > 0 && (n & (n - 1)) === 0;

interface Checked {
  transform: AxesTransform;
  multiplier: number;
  ordering: Ordering;
  backend: TransformBackend;
  half: Half | null;
}

function check(x: FwhtArray, given: FwhtOptions | null | undefined, bound: boolean): Checked {
  checkArray("x", x, "Float32Array", "Float64Array", "Int32Array", "Uint16Array", "Float16Array");
  const options = readOptions<FwhtOptions>(bound ? "fwht.plan" : "fwht", given, OPTIONS);
  const { scale = 1, transpose = false, ordering = "natural" } = options;
  const { backend = backendFor(x.length, bound) } = options;
  const name = typedArrayName(x) as string;
  const half = halfOf(x, name, options.type);
  checkBoolean("transpose", transpose);
  const transform = checkTransform(x.length, options, (scale === "inverse") !== transpose);
  checkOneOf("ordering", ordering, ORDERINGS);
  if (ordering !== "natural") checkOrdering(transform, ordering);
  if (options.backend !== undefined) checkBackend(backend);
  return { transform, multiplier: multiplierOf(scale, transform.order, name), ordering, backend, half };
}

/** `transposed`: by Hᵀ in place of H. */
function checkTransform(
  length: number,
  { rowLength, shape, axes }: FwhtOptions,
  transposed: boolean,
): AxesTransform {
  if (shape !== undefined) {
    if (rowLength === undefined) return axesOf(length, shape, axes, transposed);
    throw new TypeError("rowLength and shape are both given: the last size of shape is the length of a row");
  }
  if (axes !== undefined) throw new TypeError("axes needs shape: without it x has no axes");
  // No elements are no rows, of whatever length.
  const n = rowLength ?? (length || 1);
  const factor = checkRowLength(length, n, rowLength !== undefined);
  return rowsOf(n, transposed && factor !== null ? factor.transposed : factor);
}

function checkOrdering({ axes }: AxesTransform, ordering: Ordering): void {
  const other = axes.find(({ length }) => !isPowerOfTwo(length));
  if (other === undefined) return;
  throw new RangeError(
    `ordering "${ordering}" is for rows of a power of two, got rows of ${other.length}; use "natural"`,
  );
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

/** Does what was checked to an array whose numbers the kernels know. */
function transformArray(x: TransformArray, { transform, multiplier, backend }: Checked): void {
  const { passes } = transform;
  for (let i = 0; i < passes.length; i++) {
    const { length, inner, factor } = passes[i] as Pass;
    const by = i === passes.length - 1 ? multiplier : 1;
    if (inner === 1) backend.fwht(x, length, by, factor);
    else backend.columns(x, length, inner, by, factor);
  }
}

/** Binds what was checked to its array. */
function bind(x: FwhtArray, checked: Checked): () => void {
  const { transform, multiplier, backend, half } = checked;
  if (half !== null) {
    return onFloat32(half, transform.block, backend, (slice) => transformArray(slice, checked));
  }
  const { passes } = transform;
  const last = passes.length - 1;
  const runs = passes.map((pass, i) =>
    planPass(x as TransformArray, pass, i === last ? multiplier : 1, backend),
  );
  const [only] = runs;
  if (only !== undefined && last === 0) return only;
  return () => {
    for (const run of runs) run();
  };
}

function planPass(x: TransformArray, pass: Pass, multiplier: number, backend: TransformBackend): () => void {
  const { length, inner, factor } = pass;
  if (inner === 1) return backend.plan(x, length, multiplier, factor);
  return backend.planColumns(x, length, inner, multiplier, factor);
}

function reorderAxes(x: FwhtArray, { transform, ordering, half }: Checked): void {
  for (const axis of transform.axes) reorder(half?.bits ?? (x as TransformArray), axis, ordering);
}

/**
 * Fast Walsh-Hadamard transform in place: every row x of length n becomes H·x, with H the Hadamard matrix of Sylvester,
 * H[i][j] = (−1)^popcount(i & j). n·log2(n) additions a row. For n = b·2^m, H is the Kronecker product B ⊗ Sylvester(2^m) with a
 * matrix B of Paley or Williamson (docs/codes.md). H·Hᵀ = n·1, and H is symmetric where B is none of Williamson's. An Int32Array wraps
 * modulo 2³².
 *
 * With `shape` it transforms any axes of an n-dimensional array: columns, both axes of an image, the channels of each pixel. A column gets
 * the bits that a row of the same numbers gets, and nothing is transposed.
 *
 * Numbers of 16 bits become float32, exactly, and each result is rounded once, to nearest, ties to even: beyond 65504 a float16 becomes
 * infinite. It takes 1 MiB for slices of whole rows as float32, or the size of a row that is longer; with `axes` a slice is at least all that
 * the transformed axes mix, which is the whole array if the first axis is one of them.
 *
 * @param x rows of n elements each; the results are written to it
 * @returns x
 * @throws TypeError if x is of no such type, or is detached
 * @throws RangeError if a length or an option is out of range
 * @example
 * fwht(Float32Array.of(1, 2, 3, 4)); // 10, -2, -4, 0
 * @example
 * // Undoing "orthonormal" where H is not symmetric: 11008 = 172·64
 * const x = new Float32Array(11008).fill(1);
 * fwht(x, { scale: "orthonormal" });
 * fwht(x, { scale: "orthonormal", transpose: true });
 * @example
 * // The columns of a matrix of 4 rows, then both axes of an image of 256 × 320 with three channels.
 * fwht(Float32Array.of(1, 5, 2, 6, 3, 7, 4, 8), { shape: [4, 2], axes: [0] }); // 10, 26, -2, -2, -4, -4, 0, 0
 * fwht(new Float32Array(256 * 320 * 3), { shape: [256, 320, 3], axes: [0, 1], scale: "orthonormal" });
 * @example
 * fwht(Uint16Array.of(0x3c00, 0x4000), { type: "float16" }); // 3 and -1: 0x4200, 0xbc00
 */
export function fwht<T extends FwhtArray>(x: T, options?: FwhtOptions | null): T {
  // The commonest call skips the checks, none of which it can fail.
  if (options === undefined && typedArrayName(x) === "Float32Array") {
    const length = typedArrayLength(x);
    if (length > 0 && (length & (length - 1)) === 0 && length <= MAX_LENGTH) {
      backendFor(length, false).fwht(x as Float32Array, length, 1, null);
      return x;
    }
  }
  const checked = check(x, options, false);
  if (checked.half === null) transformArray(x as TransformArray, checked);
  else bind(x, checked)();
  if (checked.ordering !== "natural") reorderAxes(x, checked);
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
fwht.plan = (x: FwhtArray, options?: FwhtOptions | null): (() => void) => {
  const checked = check(x, options, true);
  const length = typedArrayLength(x);
  const run = bind(x, checked);
  return () => {
    if (typedArrayLength(x) !== length) {
      throw new TypeError(
        `x was detached or resized after fwht.plan: its length was ${length}, is ${typedArrayLength(x)}`,
      );
    }
    run();
    if (checked.ordering !== "natural") reorderAxes(x, checked);
  };
};
