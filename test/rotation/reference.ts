/** A rotation in float64, straight from its definition in docs/numerics.md: dense matrices, no fast transform. */

import type { RotationTable } from "../../lib/table.js";
import { entry } from "../support/reference.js";

type Vector = Float64Array<ArrayBuffer>;
type Steps = ((x: Vector) => Vector)[];

/** Entry ±1 of B ⊗ Sylvester. */
function hadamardEntry({ order, factor }: RotationTable, i: number, j: number): number {
  if (factor === null) return entry(i, j);
  const length = order / factor.order;
  const [p, q] = [Math.floor(i / length), Math.floor(j / length)];
  const words = Math.ceil(factor.order / 32);
  const negative = ((factor.signs[p * words + (q >> 5)] as number) >>> (q & 31)) & 1;
  return (negative ? -1 : 1) * entry(i % length, j % length);
}

/** H / √order on the elements from `start` on. */
function transformed(table: RotationTable, x: Vector, start: number): Vector {
  const { order } = table;
  const y = x.slice();
  for (let i = 0; i < order; i++) {
    let sum = 0;
    for (let j = 0; j < order; j++) sum += hadamardEntry(table, i, j) * (x[start + j] as number);
    y[start + i] = sum / Math.sqrt(order);
  }
  return y;
}

function stepsOf(table: RotationTable): Steps {
  const { length, order, rounds, masks } = table;
  const words = Math.ceil(order / 32);
  const isOrder = length === order;
  const half = Math.floor(length / 2);
  const sign = (mask: number, i: number): number =>
    ((masks[mask * words + (i >> 5)] as number) >>> (i & 31)) & 1 ? -1 : 1;
  const signed =
    (mask: number, start: number, count: number) =>
    (x: Vector): Vector =>
      x.map((v, i) => (i >= start && i < start + count ? v * sign(mask, i - start) : v));
  const mixed = (x: Vector): Vector =>
    x.map((v, i) => {
      const partner = i < half ? i + length - half : i - length + half;
      if (i >= half && i < length - half) return v;
      const other = x[partner] as number;
      return (i < half ? v + other : other - v) / Math.SQRT2;
    });
  return Array.from({ length: rounds }, (_, r): Steps => {
    if (isOrder) return [signed(r, 0, length), (x) => transformed(table, x, 0)];
    return [
      signed(3 * r, 0, length - half),
      signed(3 * r + 1, length - half, half),
      mixed,
      (x) => transformed(table, x, 0),
      signed(3 * r + 2, length - order, order),
      (x) => transformed(table, x, length - order),
    ];
  }).flat();
}

export const rotated = (table: RotationTable, x: ArrayLike<number>): Float64Array =>
  stepsOf(table).reduce((y, step) => step(y), Float64Array.from(x));

/** Roundings that an element goes through in all rounds, those of the constants among them: docs/numerics.md. */
export function roundings({ length, order, factor, rounds }: RotationTable): number {
  const b = factor?.order ?? 1;
  const stages = (b === 1 ? 0 : b / 4) + Math.log2(order / b);
  return rounds * (length === order ? stages + 2 : 2 * stages + 6);
}
