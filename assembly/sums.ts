/** Sums over the 256 lanes of docs/numerics.md, and maxima. Sums take whole groups of 64 elements, so callers pad with +0. */
import { abs, add, broadcast, lanes, larger, mul, productOrZero } from "./vector";

export const LANES = 256;
/** From one element of a lane to the next, in bytes. */
const TURN: usize = LANES * sizeof<f32>();
/** Arrays that are summed are padded to a multiple of this. */
export const SUM_GROUP = 64;

@inline
export function padded(n: i32): i32 {
  return (n + SUM_GROUP - 1) & -SUM_GROUP;
}

/** Sets `n` floats to +0, for n a multiple of 4. */
export function clear<V>(a: usize, n: i32): void {
  for (const end = a + n * sizeof<f32>(); a < end; a += sizeof<V>()) store<V>(a, broadcast<V, f32>(0));
}

const sums = memory.data(LANES * sizeof<f32>(), 16);

/** What the terms of a sum are. */
const PLAIN = 0;
const SQUARE = 1;
const PRODUCT = 2;
const PRODUCT_OR_ZERO = 3;

/** Σ a[i]. */
export function sum<V>(a: usize, n: i32): f32 {
  return lanewise<V>(a, a, n, PLAIN);
}

/** Σ a[i]². */
export function sumOfSquares<V>(a: usize, n: i32): f32 {
  return lanewise<V>(a, a, n, SQUARE);
}

/** Σ a[i] · b[i]. */
export function dot<V>(a: usize, b: usize, n: i32): f32 {
  return lanewise<V>(a, b, n, PRODUCT);
}

/** Σ a[i] · b[i] without those whose a[i] is 0, whatever b[i] is. */
export function dotOrZero<V>(a: usize, b: usize, n: i32): f32 {
  return lanewise<V>(a, b, n, PRODUCT_OR_ZERO);
}

/**
 * Sums four vectors of lanes at a time: engines load what a turn needs before they add any of it, and so much stays in registers. The array is
 * in cache for the next four.
 */
@inline
function lanewise<V>(a: usize, b: usize, n: i32, kind: i32): f32 {
  let used = LANES;
  while (used / 2 >= n && used > SUM_GROUP) used >>= 1;
  const end = a + n * sizeof<f32>();
  for (let at: usize = 0, last: usize = used * sizeof<f32>(); at < last; at += 4 * sizeof<V>()) {
    const zero = broadcast<V, f32>(0);
    let s0 = zero;
    let s1 = zero;
    let s2 = zero;
    let s3 = zero;
    let p = a + at;
    let q = b + at;
    for (; p < end; p += TURN, q += TURN) {
      s0 = add<V, f32>(s0, term<V>(p, q, kind));
      s1 = add<V, f32>(s1, term<V>(p + sizeof<V>(), q + sizeof<V>(), kind));
      s2 = add<V, f32>(s2, term<V>(p + 2 * sizeof<V>(), q + 2 * sizeof<V>(), kind));
      s3 = add<V, f32>(s3, term<V>(p + 3 * sizeof<V>(), q + 3 * sizeof<V>(), kind));
    }
    store<V>(sums + at, s0);
    store<V>(sums + at + sizeof<V>(), s1);
    store<V>(sums + at + 2 * sizeof<V>(), s2);
    store<V>(sums + at + 3 * sizeof<V>(), s3);
  }
  return fold<V>(used);
}

@inline
function term<V>(p: usize, q: usize, kind: i32): V {
  const v = load<V>(p);
  if (kind === PLAIN) return v;
  if (kind === SQUARE) return mul<V, f32>(v, v);
  if (kind === PRODUCT_OR_ZERO) return productOrZero<V>(v, load<V>(q));
  return mul<V, f32>(v, load<V>(q));
}

/** Folds the lanes by halves, vectors first; those from `used` on are zero and left alone. */
function fold<V>(used: i32): f32 {
  for (let w = used >> 1; w >= 4; w >>= 1) {
    const half: usize = w * sizeof<f32>();
    for (let at = sums; at < sums + half; at += sizeof<V>()) {
      store<V>(at, add<V, f32>(load<V>(at), load<V>(at + half)));
    }
  }
  const even = load<f32>(sums) + load<f32>(sums, 8);
  const odd = load<f32>(sums, 4) + load<f32>(sums, 12);
  return even + odd;
}

/** max a[i], at least −∞. */
export function largest<V>(a: usize, n: i32): f32 {
  return reduceLargest<V>(a, n, -Infinity, false);
}

/** max |a[i]|, at least 0. */
export function largestMagnitude<V>(a: usize, n: i32): f32 {
  return reduceLargest<V>(a, n, 0, true);
}

@inline
function reduceLargest<V>(a: usize, n: i32, start: f32, magnitude: bool): f32 {
  const end = a + n * sizeof<f32>();
  let m0 = broadcast<V, f32>(start);
  let m1 = m0;
  for (; a + 2 * sizeof<V>() <= end; a += 2 * sizeof<V>()) {
    const v0 = load<V>(a);
    const v1 = load<V>(a + sizeof<V>());
    m0 = larger<V>(m0, magnitude ? abs<V>(v0) : v0);
    m1 = larger<V>(m1, magnitude ? abs<V>(v1) : v1);
  }
  store<V>(sums, larger<V>(m0, m1));
  let m = load<f32>(sums);
  for (let j = 1; j < lanes<V, f32>(); j++) m = larger<f32>(m, load<f32>(sums + j * sizeof<f32>()));
  for (; a < end; a += sizeof<f32>()) {
    const v = load<f32>(a);
    m = larger<f32>(m, magnitude ? abs<f32>(v) : v);
  }
  return m;
}
