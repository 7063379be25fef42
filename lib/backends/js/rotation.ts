import { bitAt } from "../../hadamard/bits.js";
import type { KroneckerFactor } from "../../hadamard/factor.js";
import { masksOfRound, maskWords, type RotationTable } from "../../table.js";
import type { RotationKernels } from "../backend.js";
import { transformRow } from "./fwht.js";

const { fround, sqrt } = Math;

/** Transforms `x[start … start + n)` in place. */
export type RowTransform = (
  x: Float32Array,
  start: number,
  n: number,
  factor: KroneckerFactor | null,
) => void;

const wholeRow: RowTransform = (x, start, n, factor) => transformRow(x, start, n, n, factor);

/** The rotation of docs/numerics.md. `transform` is how a backend transforms a row; the passes around it are these. */
export function createRotation(table: RotationTable, transform = wholeRow): RotationKernels {
  const { length, order, factor, rounds, masks } = table;
  const transposedFactor = factor?.transposed ?? null;
  const words = maskWords(order);
  const wordsOfRound = masksOfRound(table) * words;
  const scale = fround(1 / sqrt(order));
  const scaleOfHalves = fround(1 / sqrt(2 * order));
  const half = Math.floor(length / 2);
  const second = length - half;
  const last = length - order;

  /** ±v by bit i of the mask that starts at that word. */
  const signed = (v: number, mask: number, i: number): number => (bitAt(masks, mask, i) === 1 ? -v : v);

  function sign(x: Float32Array, start: number, count: number, mask: number): void {
    for (let i = 0; i < count; i++) x[start + i] = signed(x[start + i] as number, mask, i);
  }
  function multiply(x: Float32Array, start: number, count: number, by: number): void {
    for (let i = start; i < start + count; i++) x[i] = (x[i] as number) * by;
  }

  /** The stage that mixes the two halves of a row of any length, behind the signs of two masks. */
  function mixHalves(x: Float32Array, start: number, mask: number): void {
    for (let i = 0; i < half; i++) {
      const a = signed(fround((x[start + i] as number) * scaleOfHalves), mask, i);
      const b = signed(fround((x[start + second + i] as number) * scaleOfHalves), mask + words, i);
      x[start + i] = a + b;
      x[start + second + i] = a - b;
    }
    middle(x, start, mask);
  }
  function undoHalves(x: Float32Array, start: number, mask: number): void {
    for (let i = 0; i < half; i++) {
      const a = fround((x[start + i] as number) * scaleOfHalves);
      const b = fround((x[start + second + i] as number) * scaleOfHalves);
      x[start + i] = signed(a + b, mask, i);
      x[start + second + i] = signed(a - b, mask + words, i);
    }
    middle(x, start, mask);
  }
  /** The element between the halves of a row of odd length has no partner. */
  function middle(x: Float32Array, start: number, mask: number): void {
    if (half < second) x[start + half] = signed((x[start + half] as number) * scale, mask, half);
  }

  function round(x: Float32Array, start: number, mask: number): void {
    if (last === 0) {
      multiply(x, start, length, scale);
      sign(x, start, length, mask);
      transform(x, start, length, factor);
      return;
    }
    mixHalves(x, start, mask);
    transform(x, start, order, null);
    multiply(x, start + last, order - last, scale);
    sign(x, start + last, order, mask + 2 * words);
    transform(x, start + last, order, null);
  }
  /** The steps of {@link round}, each undone, from the last to the first. */
  function undoRound(x: Float32Array, start: number, mask: number): void {
    if (last === 0) {
      transform(x, start, length, transposedFactor);
      multiply(x, start, length, scale);
      sign(x, start, length, mask);
      return;
    }
    transform(x, start + last, order, null);
    multiply(x, start + last, order - last, scale);
    sign(x, start + last, order, mask + 2 * words);
    transform(x, start, order, null);
    undoHalves(x, start, mask);
  }

  function rotate(x: Float32Array, inverse: boolean): void {
    for (let start = 0; start < x.length; start += length) {
      for (let r = 0; r < rounds; r++) {
        if (inverse) undoRound(x, start, (rounds - 1 - r) * wordsOfRound);
        else round(x, start, r * wordsOfRound);
      }
    }
  }
  return { rotate, plan: (x, inverse) => () => rotate(x, inverse) };
}
