/** The stage of B in a transform of order b · 2^m: docs/numerics.md, "Orders b·2^m". Strides are in bytes. */
import { add, negate, sub } from "./vector";

/** Signed sums of four elements; the last eight are the first with the other sign. */
const SUMS = 16;
const MAX_FACTOR_ORDER = 256;

/** The Kronecker factor B, as the host writes it: lib/backends/wasm/factor.ts. */
@unmanaged
export class KroneckerFactor {
  order: i32;
}

/** The terms stand behind the order: for every row of B and each group of four columns, 16 bits tell which of all sums the row adds. */
@inline
function termsOf(factor: KroneckerFactor): usize {
  return changetype<usize>(factor) + offsetof<KroneckerFactor>();
}

const sums = memory.data((MAX_FACTOR_ORDER / 4) * SUMS * 16, 16);

const leftover = memory.data(MAX_FACTOR_ORDER * 16, 16);

/** The stage works in place, on the b stretches of `stride` bytes at x. Only the first `rows` stretches are written. */
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
  let to = sums;
  for (let g = 0, at = x; g < groups; g++, at += 4 * stride, to += SUMS * sizeof<V>()) {
    signedSums<V, T>(at, stride, to);
  }
  const width: usize = groups * sizeof<u16>();
  let terms = termsOf(factor);
  let r = 0;
  // Four chains hide each other's latency.
  for (; r + 4 <= rows; r += 4) {
    let y0 = sumAt<V>(terms);
    let y1 = sumAt<V>(terms + width);
    let y2 = sumAt<V>(terms + 2 * width);
    let y3 = sumAt<V>(terms + 3 * width);
    for (let p = terms + sizeof<u16>(), end = terms + width; p < end; p += sizeof<u16>()) {
      y0 = add<V, T>(y0, sumAt<V>(p));
      y1 = add<V, T>(y1, sumAt<V>(p + width));
      y2 = add<V, T>(y2, sumAt<V>(p + 2 * width));
      y3 = add<V, T>(y3, sumAt<V>(p + 3 * width));
    }
    store<V>(x, y0);
    store<V>(x + stride, y1);
    store<V>(x + 2 * stride, y2);
    store<V>(x + 3 * stride, y3);
    x += 4 * stride;
    terms += 4 * width;
  }
  for (; r < rows; r++, x += stride, terms += width) {
    let y = sumAt<V>(terms);
    for (let p = terms + sizeof<u16>(), end = terms + width; p < end; p += sizeof<u16>()) {
      y = add<V, T>(y, sumAt<V>(p));
    }
    store<V>(x, y);
  }
}

@inline
function sumAt<V>(term: usize): V {
  return load<V>(sums + <usize>load<u16>(term) * sizeof<V>());
}

/** Stores all sums (x0 ± x1) ± (x2 ± x3). Bits 0, 1 and 2 of the place of a sum are these signs, bit 3 is that of the whole. */
@inline
function signedSums<V, T>(x: usize, stride: usize, to: usize): void {
  const x0 = load<V>(x);
  const x1 = load<V>(x + stride);
  const x2 = load<V>(x + 2 * stride);
  const x3 = load<V>(x + 3 * stride);
  const p0 = add<V, T>(x0, x1);
  const p1 = sub<V, T>(x0, x1);
  const q0 = add<V, T>(x2, x3);
  const q1 = sub<V, T>(x2, x3);
  both<V, T>(to, add<V, T>(p0, q0));
  both<V, T>(to + sizeof<V>(), add<V, T>(p1, q0));
  both<V, T>(to + 2 * sizeof<V>(), sub<V, T>(p0, q0));
  both<V, T>(to + 3 * sizeof<V>(), sub<V, T>(p1, q0));
  both<V, T>(to + 4 * sizeof<V>(), add<V, T>(p0, q1));
  both<V, T>(to + 5 * sizeof<V>(), add<V, T>(p1, q1));
  both<V, T>(to + 6 * sizeof<V>(), sub<V, T>(p0, q1));
  both<V, T>(to + 7 * sizeof<V>(), sub<V, T>(p1, q1));
}

/** Stores a sum and its negative: adding the negative is subtracting, bit for bit. */
@inline
function both<V, T>(to: usize, sum: V): void {
  store<V>(to, sum);
  store<V>(to, negate<V, T>(sum), 8 * sizeof<V>());
}
