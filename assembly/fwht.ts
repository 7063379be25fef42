/**
 * The transform in natural order, stages in descending stride (docs/numerics.md). Lengths and strides are in bytes here.
 *
 * A pass does three stages (radix 8) on eight rows of a block at once, or two where their number asks for it. A row is transformed as
 * columns are that are one vector wide, and its last stages are those within a vector.
 */
import { add, broadcast, mul, sub } from "./vector";
import { signsOfHalves, signsOfPairs, within, withinEach, withinPair } from "./within";

/** Blocks of this size are finished pass by pass: the first-level cache holds one beside the array that it was copied from. */
const PIECE: usize = 2 ** 14;

/** Does one stage on two vectors that are `stride` apart. */
@inline
function stages2<V, T>(x: usize, stride: usize): void {
  const a = load<V>(x);
  const b = load<V>(x + stride);
  store<V>(x, add<V, T>(a, b));
  store<V>(x + stride, sub<V, T>(a, b));
}

/** Does two stages on four vectors that are `stride` apart. */
@inline
function stages4<V, T>(x: usize, stride: usize): void {
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

/** Does three stages on eight vectors that are `stride` apart, and with `whole` those within neighbours, which are integers. */
@inline
function stages8<V, T>(x: usize, stride: usize, whole: bool): void {
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
  storePair<V, T>(x, x1, add<V, T>(c0, c1), sub<V, T>(c0, c1), whole);
  storePair<V, T>(x2, x3, add<V, T>(c2, c3), sub<V, T>(c2, c3), whole);
  storePair<V, T>(x4, x5, add<V, T>(c4, c5), sub<V, T>(c4, c5), whole);
  storePair<V, T>(x6, x7, add<V, T>(c6, c7), sub<V, T>(c6, c7), whole);
}

@inline
function storePair<V, T>(x: usize, y: usize, a: V, b: V, whole: bool): void {
  if (whole) {
    withinPair<V, T>(x, y, a, b);
  } else {
    store<V>(x, a);
    store<V>(y, b);
  }
}

/** Does one stage on all blocks of two rows of `stride` bytes from x to `end`. */
function pass2<V, T>(x: usize, end: usize, stride: usize): void {
  for (; x < end; x += stride) {
    const last = x + stride;
    for (; x + sizeof<V>() <= last; x += sizeof<V>()) stages2<V, T>(x, stride);
    for (; x < last; x += sizeof<T>()) stages2<T, T>(x, stride);
  }
}

/** Does two stages on all blocks of four rows. */
function pass4<V, T>(x: usize, end: usize, stride: usize): void {
  for (; x < end; x += 3 * stride) {
    const last = x + stride;
    for (; x + sizeof<V>() <= last; x += sizeof<V>()) stages4<V, T>(x, stride);
    for (; x < last; x += sizeof<T>()) stages4<T, T>(x, stride);
  }
}

/** Does three stages on all blocks of eight rows, each a number of vectors. */
function pass8<V, T>(x: usize, end: usize, stride: usize): void {
  for (; x < end; x += 7 * stride) {
    for (const last = x + stride; x < last; x += sizeof<V>()) stages8<V, T>(x, stride, false);
  }
}

/** Does the last three stages of vectors on blocks of eight of them, and those within. */
function finish8<V, T>(x: usize, end: usize): void {
  if (!isVector<V>() || !isFloat<T>()) {
    for (; x < end; x += 8 * sizeof<V>()) stages8<V, T>(x, sizeof<V>(), isVector<V>());
    return;
  }
  const halves = signsOfHalves<V, T>();
  const pairs = signsOfPairs<V>();
  for (; x < end; x += 8 * sizeof<V>()) {
    stages8<V, T>(x, sizeof<V>(), false);
    within<V, T>(x, halves, pairs);
    within<V, T>(x + sizeof<V>(), halves, pairs);
    within<V, T>(x + 2 * sizeof<V>(), halves, pairs);
    within<V, T>(x + 3 * sizeof<V>(), halves, pairs);
    within<V, T>(x + 4 * sizeof<V>(), halves, pairs);
    within<V, T>(x + 5 * sizeof<V>(), halves, pairs);
    within<V, T>(x + 6 * sizeof<V>(), halves, pairs);
    within<V, T>(x + 7 * sizeof<V>(), halves, pairs);
  }
}

/**
 * Transforms the columns of all blocks from x to `end`, each a power of two of rows of `inner` bytes, by so many stages; or, where these are
 * vectors, the blocks as rows. Blocks that are larger than a piece are divided first, depth first: whatever the size of a cache, the parts
 * that fit into it are finished there.
 */
function descend<V, T>(x: usize, end: usize, inner: usize, stages: i32, asRows: bool): void {
  // The last stages of columns that are no number of vectors have rows of which a part is left over.
  const uneven = max(0, ctz(<i32>sizeof<V>()) - ctz(<i32>inner));
  let even = stages - uneven;
  let stride = inner << stages;
  if (stride > PIECE && even > 3) {
    stride >>= 3;
    pass8<V, T>(x, end, stride);
    for (; x < end; x += stride) descend<V, T>(x, x + stride, inner, stages - 3, asRows);
    return;
  }
  if (asRows && even === 4) {
    // Before the three that those within a vector go with.
    pass2<V, T>(x, end, (stride >>= 1));
    even = 3;
  }
  for (; even > 1; ) {
    const radix = even % 3 === 0 ? 3 : 2;
    stride >>= radix;
    even -= radix;
    stages -= radix;
    if (radix === 2) {
      pass4<V, T>(x, end, stride);
    } else if (asRows && even === 0) {
      finish8<V, T>(x, end);
      return;
    } else {
      pass8<V, T>(x, end, stride);
    }
  }
  if (stages & 1) pass2<V, T>(x, end, (stride >>= 1));
  if (stages & 2) pass4<V, T>(x, end, stride >> 2);
  if (asRows) withinEach<V, T>(x, end);
}

/** Transforms the columns of a power of two of rows of `inner` bytes. */
export function transformColumn<V, T>(x: usize, bytes: usize, inner: usize): void {
  descend<V, T>(x, x + bytes, inner, ctz(<i32>(bytes / inner)), false);
}

/** Transforms all rows from x to `end`, each a power of two of `bytes`. */
export function transformRows<V, T>(x: usize, end: usize, bytes: usize): void {
  if (bytes < sizeof<V>()) {
    if (bytes > sizeof<T>()) pass2<T, T>(x, end, sizeof<T>());
    return;
  }
  const stages = ctz(<i32>bytes) - ctz(<i32>sizeof<V>());
  for (const step = max(bytes, PIECE); x < end; x += step) {
    descend<V, T>(x, min(end, x + step), sizeof<V>(), stages, true);
  }
}

/** Transforms a power of two of `bytes`. */
@inline
export function transform<V, T>(x: usize, bytes: usize): void {
  transformRows<V, T>(x, x + bytes, bytes);
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
