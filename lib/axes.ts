/** The axes of an n-dimensional array, and the passes over it that transform them. */

import { checkInteger, describe } from "./checks.js";
import type { KroneckerFactor } from "./hadamard/factor.js";
import { factorOf, knownOrder, MAX_ORDER, orderAbove, orderBelow } from "./hadamard/orders.js";

/** An axis of `length`: the array is blocks of `length` rows of `inner` elements. */
export interface Axis {
  readonly length: number;
  readonly inner: number;
}

/** What a kernel does in one call; `factor` is null where the length is a power of two. */
export interface Pass extends Axis {
  readonly factor: KroneckerFactor | null;
}

/** A transform of some axes of an array. */
export interface AxesTransform {
  /** The axes that are transformed, in ascending order, without those of size 1. */
  readonly axes: readonly Axis[];
  /** In the order in which they are done. There is at least one. */
  readonly passes: readonly Pass[];
  /** How many elements H mixes: the product of the sizes of the axes. */
  readonly order: number;
  /** The array is blocks of so many elements, each transformed by itself. */
  readonly block: number;
}

/** The one axis of rows. */
export function rowsOf(length: number, factor: KroneckerFactor | null): AxesTransform {
  const pass = { length, inner: 1, factor };
  return { axes: [pass], passes: [pass], order: length, block: length };
}

/**
 * @param elements of the array
 * @param axes default: all
 * @param transposed whether Hᵀ takes the place of H, for each axis
 * @throws TypeError and RangeError that say which size or axis is wrong
 */
export function axesOf(elements: number, shape: unknown, axes: unknown, transposed: boolean): AxesTransform {
  checkShape(elements, shape);
  const chosen = axes === undefined ? shape.map((_, axis) => axis) : checkAxes(axes, shape.length);
  const transformed: Pass[] = [];
  let order = 1;
  let block = 1;
  let inner = 1;
  // From the last axis to the first, because the inner ones tell how far the elements of an axis are apart.
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    const length = shape[axis] as number;
    if (chosen.includes(axis)) {
      const matrix = factorOfSize(`shape[${axis}]`, length);
      const factor = transposed && matrix !== null ? matrix.transposed : matrix;
      block = length * inner;
      order *= length;
      if (length > 1) transformed.unshift({ length, inner, factor });
    }
    inner *= length;
  }
  const nothing = { length: 1, inner: 1, factor: null };
  // No elements are no columns, whatever the other sizes.
  if (elements === 0) return { axes: [], passes: [nothing], order, block: 1 };
  const passes = joined(transformed);
  return { axes: transformed, passes: passes.length === 0 ? [nothing] : passes, order, block };
}

function checkShape(elements: number, shape: unknown): asserts shape is readonly number[] {
  if (!Array.isArray(shape)) {
    throw new TypeError(`shape must be an array of sizes, such as [480, 640], got ${describe(shape)}`);
  }
  if (shape.length === 0) throw new RangeError("shape is empty: it must have the size of at least one axis");
  shape.forEach((size, axis) => {
    checkInteger(`shape[${axis}]`, size, 0, Number.MAX_SAFE_INTEGER);
  });
  const product = shape.reduce((a, b) => a * b, 1);
  if (product !== elements) {
    throw new RangeError(`shape [${shape.join(", ")}] has ${product} elements, x has ${elements}`);
  }
}

/** The axes, counted from the first. */
function checkAxes(axes: unknown, dimensions: number): number[] {
  if (!Array.isArray(axes)) {
    throw new TypeError(`axes must be an array of numbers of axes, such as [0, -1], got ${describe(axes)}`);
  }
  if (axes.length === 0) throw new RangeError("axes is empty: name at least one, or leave it out for all");
  const chosen: number[] = [];
  axes.forEach((value: unknown, i) => {
    checkInteger(`axes[${i}]`, value, -dimensions, dimensions - 1);
    const axis = value < 0 ? value + dimensions : value;
    const earlier = chosen.indexOf(axis);
    if (earlier >= 0) {
      throw new RangeError(
        `axes[${i}] is ${value}, the same axis as axes[${earlier}], which is ${axes[earlier]}: name each once`,
      );
    }
    chosen.push(axis);
  });
  return chosen;
}

function factorOfSize(what: string, size: number): KroneckerFactor | null {
  if (size < 1 || size > MAX_ORDER) {
    throw new RangeError(`${what} is ${size}: an axis that is transformed has a size from 1 to ${MAX_ORDER}`);
  }
  const order = knownOrder(size);
  if (order !== null) return factorOf(order);
  throw new RangeError(
    `${what} must be the order of a known Hadamard matrix, got ${size}; the nearest are ` +
      `${orderBelow(size).order} and ${orderAbove(size).order}: pad that axis with zeros, or leave it out of axes`,
  );
}

/** Up to this many elements two axes together are cheaper than one after the other, which goes over them once more. */
const JOINED_LENGTH = 2 ** 22;
/** An axis shorter than this costs as much to pass over as a longer one. */
const SHORT_AXIS = 2 ** 6;

/**
 * Makes one pass of neighbouring axes, of which all but the first are powers of two: H of the one times H of the other is H of both, and
 * the additions are the same in the same order. It is done where it saves time.
 */
function joined(axes: readonly Pass[]): Pass[] {
  const passes: Pass[] = [];
  for (const axis of axes) {
    const before = passes[passes.length - 1];
    const neighbours = before !== undefined && before.inner === axis.length * axis.inner;
    if (neighbours && axis.factor === null && joinsWell(before.length, axis.length)) {
      const { factor } = before;
      passes[passes.length - 1] = { length: before.length * axis.length, inner: axis.inner, factor };
    } else {
      passes.push(axis);
    }
  }
  return passes;
}

const joinsWell = (a: number, b: number): boolean => Math.min(a, b) < SHORT_AXIS || a * b <= JOINED_LENGTH;
