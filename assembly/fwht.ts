/**
 * The transform in natural order, stages in descending stride (docs/numerics.md). Lengths and strides are in bytes here.
 *
 * A pass does three stages (radix 8) on eight rows of a piece at once, then the eight rows are finished one by one, depth
 * first: whatever the size of a cache, the pieces that fit into it are finished there. The last stages happen in registers.
 */
import { add, broadcast, mul, sub } from "./vector";

/** Does one stage on two vectors that are `stride` apart. */
@inline
export function stages2<V, T>(x: usize, stride: usize): void {
  const a = load<V>(x);
  const b = load<V>(x + stride);
  store<V>(x, add<V, T>(a, b));
  store<V>(x + stride, sub<V, T>(a, b));
}

/** Does two stages on four vectors that are `stride` apart. */
@inline
export function stages4<V, T>(x: usize, stride: usize): void {
  const x1 = x + stride;
  const x2 = x1 + stride;
  const x3 = x2 + stride;
  const a0 = load<V>(x);
  const a1 = load<V>(x1);
  const a2 = load<V>(x2);
  const a3 = load<V>(x3);
  const b0 = add<V, T>(a0, a2);
  const b1 = add<V, T>(a1, a3);
  const b2 = sub<V, T>(a0, a2);
  const b3 = sub<V, T>(a1, a3);
  store<V>(x, add<V, T>(b0, b1));
  store<V>(x1, sub<V, T>(b0, b1));
  store<V>(x2, add<V, T>(b2, b3));
  store<V>(x3, sub<V, T>(b2, b3));
}

/** Does two stages on a piece of four rows. */
function pass4<V, T>(x: usize, stride: usize): void {
  for (const end = x + stride; x < end; x += sizeof<V>()) stages4<V, T>(x, stride);
}

/** Does three stages on a piece of eight rows; a stride holds at least two vectors. */
function pass8<V, T>(x: usize, stride: usize): void {
  const end = x + stride;
  while (x < end) {
    stages8<V, T>(x, stride, false);
    stages8<V, T>(x + sizeof<V>(), stride, false);
    x += 2 * sizeof<V>();
  }
}

/**
 * Does three stages on eight vectors that are `stride` apart. With `whole` they are all there is of a transform, and the stages within a
 * vector follow.
 */
@inline
export function stages8<V, T>(x: usize, stride: usize, whole: bool): void {
  const x1 = x + stride;
  const x2 = x1 + stride;
  const x3 = x2 + stride;
  const x4 = x3 + stride;
  const x5 = x4 + stride;
  const x6 = x5 + stride;
  const x7 = x6 + stride;
  const a0 = load<V>(x);
  const a4 = load<V>(x4);
  const b0 = add<V, T>(a0, a4);
  const b4 = sub<V, T>(a0, a4);
  const a2 = load<V>(x2);
  const a6 = load<V>(x6);
  const b2 = add<V, T>(a2, a6);
  const b6 = sub<V, T>(a2, a6);
  const c0 = add<V, T>(b0, b2);
  const c2 = sub<V, T>(b0, b2);
  const c4 = add<V, T>(b4, b6);
  const c6 = sub<V, T>(b4, b6);
  const a1 = load<V>(x1);
  const a5 = load<V>(x5);
  const b1 = add<V, T>(a1, a5);
  const b5 = sub<V, T>(a1, a5);
  const a3 = load<V>(x3);
  const a7 = load<V>(x7);
  const b3 = add<V, T>(a3, a7);
  const b7 = sub<V, T>(a3, a7);
  const c1 = add<V, T>(b1, b3);
  const c3 = sub<V, T>(b1, b3);
  const c5 = add<V, T>(b5, b7);
  const c7 = sub<V, T>(b5, b7);
  if (whole) {
    finishPair<V, T>(x, add<V, T>(c0, c1), sub<V, T>(c0, c1));
    finishPair<V, T>(x2, add<V, T>(c2, c3), sub<V, T>(c2, c3));
    finishPair<V, T>(x4, add<V, T>(c4, c5), sub<V, T>(c4, c5));
    finishPair<V, T>(x6, add<V, T>(c6, c7), sub<V, T>(c6, c7));
    return;
  }
  store<V>(x, add<V, T>(c0, c1));
  store<V>(x1, sub<V, T>(c0, c1));
  store<V>(x2, add<V, T>(c2, c3));
  store<V>(x3, sub<V, T>(c2, c3));
  store<V>(x4, add<V, T>(c4, c5));
  store<V>(x5, sub<V, T>(c4, c5));
  store<V>(x6, add<V, T>(c6, c7));
  store<V>(x7, sub<V, T>(c6, c7));
}

/** Does the stages within a vector on two neighbouring vectors, and stores them. */
@inline
function finishPair<V, T>(x: usize, a: V, b: V): void {
  if (!isVector<V>()) {
    store<V>(x, a);
    store<V>(x, b, sizeof<V>());
  } else if (sizeof<T>() === 8) {
    const even = v128.shuffle<i64>(a, b, 0, 2);
    const odd = v128.shuffle<i64>(a, b, 1, 3);
    const sum = add<V, T>(even, odd);
    const difference = sub<V, T>(even, odd);
    store<V>(x, v128.shuffle<i64>(sum, difference, 0, 2));
    store<V>(x, v128.shuffle<i64>(sum, difference, 1, 3), sizeof<V>());
  } else {
    // Interleaving low and high halves pairs the entries of one stage, and doing it thrice is the identity on two vectors.
    const low = v128.shuffle<i32>(a, b, 0, 4, 1, 5);
    const high = v128.shuffle<i32>(a, b, 2, 6, 3, 7);
    const sum = add<V, T>(low, high);
    const difference = sub<V, T>(low, high);
    const even = v128.shuffle<i32>(sum, difference, 0, 4, 1, 5);
    const odd = v128.shuffle<i32>(sum, difference, 2, 6, 3, 7);
    const first = add<V, T>(even, odd);
    const second = sub<V, T>(even, odd);
    store<V>(x, v128.shuffle<i32>(first, second, 0, 4, 1, 5));
    store<V>(x, v128.shuffle<i32>(first, second, 2, 6, 3, 7), sizeof<V>());
  }
}

/** Does the whole transform of four vectors. */
@inline
function leaf4<V, T>(x: usize): void {
  const a0 = load<V>(x);
  const a1 = load<V>(x, sizeof<V>());
  const a2 = load<V>(x, 2 * sizeof<V>());
  const a3 = load<V>(x, 3 * sizeof<V>());
  const b0 = add<V, T>(a0, a2);
  const b1 = add<V, T>(a1, a3);
  const b2 = sub<V, T>(a0, a2);
  const b3 = sub<V, T>(a1, a3);
  finishPair<V, T>(x, add<V, T>(b0, b1), sub<V, T>(b0, b1));
  finishPair<V, T>(x + 2 * sizeof<V>(), add<V, T>(b2, b3), sub<V, T>(b2, b3));
}

/** Transforms `count` rows of four vectors. */
function rows4<V, T>(x: usize, count: i32): void {
  const end = x + count * 4 * sizeof<V>();
  for (; x < end; x += 4 * sizeof<V>()) leaf4<V, T>(x);
}

/** Transforms `count` rows of eight vectors. */
function rows8<V, T>(x: usize, count: i32): void {
  const end = x + count * 8 * sizeof<V>();
  for (; x < end; x += 8 * sizeof<V>()) stages8<V, T>(x, sizeof<V>(), true);
}

/** Transforms a power of two of `bytes`. */
export function transform<V, T>(x: usize, bytes: usize): void {
  if (bytes > 64 * sizeof<V>()) {
    const stride = bytes / 8;
    pass8<V, T>(x, stride);
    for (const end = x + bytes; x < end; x += stride) transform<V, T>(x, stride);
  } else if (bytes === 64 * sizeof<V>()) {
    pass8<V, T>(x, 8 * sizeof<V>());
    rows8<V, T>(x, 8);
  } else if (bytes === 32 * sizeof<V>()) {
    pass4<V, T>(x, 8 * sizeof<V>());
    rows8<V, T>(x, 4);
  } else if (bytes === 16 * sizeof<V>()) {
    pass4<V, T>(x, 4 * sizeof<V>());
    rows4<V, T>(x, 4);
  } else if (bytes === 8 * sizeof<V>()) {
    rows8<V, T>(x, 1);
  } else if (bytes === 4 * sizeof<V>()) {
    rows4<V, T>(x, 1);
  } else if (bytes === 8 * sizeof<T>()) {
    rows8<T, T>(x, 1);
  } else if (bytes === 4 * sizeof<T>()) {
    rows4<T, T>(x, 1);
  } else if (bytes === 2 * sizeof<T>()) {
    stages2<T, T>(x, sizeof<T>());
  }
}

/** Multiplies by a number, rounded to the type of the elements. It may write up to the end of the last vector. */
export function multiply<V, T>(x: usize, bytes: usize, multiplier: T): void {
  const by = broadcast<V, T>(multiplier);
  for (const end = x + bytes; x < end; x += sizeof<V>()) store<V>(x, mul<V, T>(load<V>(x), by));
}

/** Divides integers by a power of two, rounding down. It may write up to the end of the last vector. */
export function shiftRight<V>(x: usize, bytes: usize, shift: i32): void {
  for (const end = x + bytes; x < end; x += sizeof<V>()) {
    if (isVector<V>()) store<V>(x, v128.shr<i32>(load<V>(x), shift));
    else store<i32>(x, load<i32>(x) >> shift);
  }
}

/**
 * Divides integers by any number, rounding down: the quotient in f64 is never rounded up to the next integer. It may write up to the
 * end of the last vector.
 */
export function divide<V>(x: usize, bytes: usize, divisor: i32): void {
  for (const end = x + bytes; x < end; x += sizeof<V>()) {
    if (isVector<V>()) {
      const v = load<V>(x);
      const by = f64x2.splat(<f64>divisor);
      const low = quotients(v, by);
      const high = quotients(v128.shuffle<i32>(v, v, 2, 3, 2, 3), by);
      store<V>(x, v128.shuffle<i32>(low, high, 0, 1, 4, 5));
    } else {
      store<i32>(x, <i32>Math.floor(<f64>load<i32>(x) / <f64>divisor));
    }
  }
}

/** Returns the quotients of the first two integers. */
@inline
function quotients(v: v128, by: v128): v128 {
  const floor = f64x2.floor(f64x2.div(f64x2.convert_low_i32x4_s(v), by));
  return i32x4.trunc_sat_f64x2_s_zero(floor);
}
