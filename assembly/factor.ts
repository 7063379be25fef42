/** The stage of B in a transform of order b · 2^m: docs/numerics.md, "Orders b·2^m". Strides are in bytes. */
import { add, negateBy, signs, sub } from "./vector";

/** Signed sums of four elements; the last eight are the first with the other sign. */
const SUMS = 16;
/** What a sum takes, in bytes; a vector, or less of it in the baseline. */
const SUM_BYTES: usize = 16;
/** The terms of a group in four rows, in bytes. */
const FOUR_TERMS: usize = 4 * sizeof<u16>();
const MAX_FACTOR_ORDER = 256;

/** The Kronecker factor B, as the host writes it: lib/backends/wasm/factor.ts. */
@unmanaged
export class KroneckerFactor {
  order: i32;
}

/**
 * The terms stand behind the order: for each four rows of B, group of four columns and row, 16 bits say at which byte among the sums that is
 * which the row adds.
 */
@inline
function termsOf(factor: KroneckerFactor): usize {
  return changetype<usize>(factor) + offsetof<KroneckerFactor>();
}

const sums = memory.data((MAX_FACTOR_ORDER / 4) * SUMS * SUM_BYTES, 16);

const leftover = memory.data(MAX_FACTOR_ORDER * 16, 16);

/** The stage works in place, on the b stretches of `stride` bytes at x. Only the first `rows` stretches are wanted, and written by fours. */
export function factorStage<V, T>(factor: KroneckerFactor, x: usize, stride: usize, rows: i32): void {
  const rest = stride % sizeof<V>();
  stageOfVectors<V, T>(factor, x, stride, stride - rest, rows);
  if (rest === 0) return;
  // What is no whole vector is done elsewhere, in one of its own.
  x += stride - rest;
  copyColumn(leftover, sizeof<V>(), x, stride, factor.order, rest);
  stageOfVectors<V, T>(factor, leftover, sizeof<V>(), sizeof<V>(), rows);
  copyColumn(x, stride, leftover, sizeof<V>(), rows, rest);
}

/** Copies so many bytes of each row, a multiple of four. */
function copyColumn(to: usize, toStride: usize, from: usize, fromStride: usize, rows: i32, bytes: usize): void {
  for (let r = 0; r < rows; r++, to += toStride, from += fromStride) {
    for (let i: usize = 0; i < bytes; i += sizeof<u32>()) store<u32>(to + i, load<u32>(from + i));
  }
}

/** Does the stage on the first `width` bytes of the stretches. */
function stageOfVectors<V, T>(
  factor: KroneckerFactor,
  x: usize,
  stride: usize,
  width: usize,
  rows: i32,
): void {
  for (const end = x + width; x < end; x += sizeof<V>()) factorColumn<V, T>(factor, x, stride, rows);
}

@inline
function factorColumn<V, T>(factor: KroneckerFactor, x: usize, stride: usize, rows: i32): void {
  const groups = factor.order / 4;
  const minus = signs<V, T>();
  let to = sums;
  for (let g = 0, at = x; g < groups; g++, at += 4 * stride, to += SUMS * SUM_BYTES) {
    signedSums<V, T>(at, stride, to, minus);
  }
  let p = termsOf(factor);
  // Four chains hide each other's latency.
  for (let r = 0; r < rows; r += 4) {
    let y0 = sumAt<V>(p, 0);
    let y1 = sumAt<V>(p, 1);
    let y2 = sumAt<V>(p, 2);
    let y3 = sumAt<V>(p, 3);
    p += FOUR_TERMS;
    for (const end = p + (groups - 1) * FOUR_TERMS; p < end; p += FOUR_TERMS) {
      y0 = add<V, T>(y0, sumAt<V>(p, 0));
      y1 = add<V, T>(y1, sumAt<V>(p, 1));
      y2 = add<V, T>(y2, sumAt<V>(p, 2));
      y3 = add<V, T>(y3, sumAt<V>(p, 3));
    }
    store<V>(x, y0);
    store<V>(x + stride, y1);
    store<V>(x + 2 * stride, y2);
    store<V>(x + 3 * stride, y3);
    x += 4 * stride;
  }
}

@inline
function sumAt<V>(terms: usize, row: i32): V {
  return load<V>(load<u16>(terms + row * sizeof<u16>()), sums);
}

/** Stores all sums (x0 ± x1) ± (x2 ± x3). Bits 0, 1 and 2 of the place of a sum are these signs, bit 3 is that of the whole. */
@inline
function signedSums<V, T>(x: usize, stride: usize, to: usize, minus: V): void {
  const x0 = load<V>(x);
  const x1 = load<V>(x + stride);
  const x2 = load<V>(x + 2 * stride);
  const x3 = load<V>(x + 3 * stride);
  const p0 = add<V, T>(x0, x1);
  const p1 = sub<V, T>(x0, x1);
  const q0 = add<V, T>(x2, x3);
  const q1 = sub<V, T>(x2, x3);
  both<V, T>(to, add<V, T>(p0, q0), minus);
  both<V, T>(to + SUM_BYTES, add<V, T>(p1, q0), minus);
  both<V, T>(to + 2 * SUM_BYTES, sub<V, T>(p0, q0), minus);
  both<V, T>(to + 3 * SUM_BYTES, sub<V, T>(p1, q0), minus);
  both<V, T>(to + 4 * SUM_BYTES, add<V, T>(p0, q1), minus);
  both<V, T>(to + 5 * SUM_BYTES, add<V, T>(p1, q1), minus);
  both<V, T>(to + 6 * SUM_BYTES, sub<V, T>(p0, q1), minus);
  both<V, T>(to + 7 * SUM_BYTES, sub<V, T>(p1, q1), minus);
}

/** Stores a sum and its negative: adding the negative is subtracting, bit for bit. */
@inline
function both<V, T>(to: usize, sum: V, minus: V): void {
  store<V>(to, sum);
  store<V>(to, negateBy<V, T>(sum, minus), 8 * SUM_BYTES);
}
