import { product } from "./sizes.js";
import type { Laid } from "./strides.js";
import { axisOf } from "./strides.js";

type Tensor = Laid<Float64Array>;

/** An operation on each pair of numbers, axes of size 1 repeated; null where the shapes do not fit. */
export function elementwise(
  a: Tensor,
  b: Tensor,
  operation: (a: number, b: number) => number,
  most: number,
): Tensor | null {
  const rank = Math.max(a.dims.length, b.dims.length);
  const sizes = (dims: readonly number[]) => [...new Array<number>(rank - dims.length).fill(1), ...dims];
  const [left, right] = [sizes(a.dims), sizes(b.dims)];
  const dims = left.map((size, i) => (size === 1 ? right[i] : size));
  if (dims.some((size, i) => right[i] !== 1 && right[i] !== size) || product(dims) > most) return null;
  const values = new Float64Array(product(dims));
  const strides = (of: readonly number[]) => of.map((size, i) => (size === 1 ? 0 : product(of.slice(i + 1))));
  const [leftStrides, rightStrides] = [strides(left), strides(right)];
  const at = dims.map(() => 0);
  for (let i = 0, l = 0, r = 0; i < values.length; i++) {
    values[i] = operation(a.values[l], b.values[r]);
    for (let axis = rank - 1; axis >= 0; axis--) {
      l += leftStrides[axis];
      r += rightStrides[axis];
      if (++at[axis] < dims[axis]) break;
      l -= at[axis] * leftStrides[axis];
      r -= at[axis] * rightStrides[axis];
      at[axis] = 0;
    }
  }
  return { dims, values };
}

/** Sums over axes, all of them where none is named. */
export function reduced(x: Tensor, axes: readonly number[] | null, keep: boolean): Tensor | null {
  const rank = x.dims.length;
  const over = (axes === null || axes.length === 0 ? x.dims.map((_, i) => i) : axes).map((axis) =>
    axisOf(axis, rank),
  );
  if (over.includes(null)) return null;
  const dims = x.dims.map((size, i) => (over.includes(i) ? 1 : size));
  const strides = dims.map((size, i) => (size === 1 ? 0 : product(dims.slice(i + 1))));
  const values = new Float64Array(product(dims));
  for (let i = 0; i < x.values.length; i++) {
    let target = 0;
    for (let axis = rank - 1, rest = i; axis >= 0; axis--) {
      target += (rest % x.dims[axis]) * strides[axis];
      rest = Math.floor(rest / x.dims[axis]);
    }
    values[target] += x.values[i];
  }
  return { dims: keep ? dims : dims.filter((_, i) => !over.includes(i)), values };
}

/** Rows × inner times inner × columns; the rows may lie along several axes. */
export function matrixProduct(a: Tensor, b: Tensor): Tensor | null {
  const inner = a.dims.at(-1) ?? -1;
  if (b.dims.length !== 2 || b.dims[0] !== inner || inner === 0) return null;
  const columns = b.dims[1];
  const rows = a.values.length / inner;
  const values = new Float64Array(rows * columns);
  for (let row = 0; row < rows; row++) {
    for (let k = 0; k < inner; k++) {
      const factor = a.values[row * inner + k];
      for (let column = 0; column < columns; column++)
        values[row * columns + column] += factor * b.values[k * columns + column];
    }
  }
  return { dims: [...a.dims.slice(0, -1), columns], values };
}

/** Zeros before and after each axis, or those that are named. */
export function padded(
  x: Tensor,
  given: readonly number[] | null,
  most: number,
  axes: readonly number[] | null = null,
): Tensor | null {
  const rank = x.dims.length;
  const pads = given && axes ? padsOfAll(given, axes, rank) : given;
  if (pads === null || pads.length !== 2 * rank || pads.some((size) => !(size >= 0))) return null;
  const dims = x.dims.map((size, i) => size + pads[i] + pads[rank + i]);
  if (product(dims) > most) return null;
  const values = new Float64Array(product(dims));
  for (let i = 0; i < x.values.length; i++) {
    let target = 0;
    for (let axis = rank - 1, rest = i, stride = 1; axis >= 0; axis--) {
      target += ((rest % x.dims[axis]) + pads[axis]) * stride;
      rest = Math.floor(rest / x.dims[axis]);
      stride *= dims[axis];
    }
    values[target] = x.values[i];
  }
  return { dims, values };
}

/** Of each axis once; null where an axis is named twice, or there is none of that number. */
function padsOfAll(given: readonly number[], axes: readonly number[], rank: number): number[] | null {
  const places = axes.map((axis) => axisOf(axis, rank));
  if (places.includes(null) || new Set(places).size !== axes.length || given.length !== 2 * axes.length)
    return null;
  const pads = new Array<number>(2 * rank).fill(0);
  for (const [i, place] of places.entries()) {
    pads[place ?? 0] = given[i];
    pads[rank + (place ?? 0)] = given[axes.length + i];
  }
  return pads;
}
