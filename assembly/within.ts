/** The last stages of a row, those of elements that are in one vector. In the baseline there are none. */
import { add, sub } from "./vector";

const FLOATS = memory.data<u32>([0, 0, 1 << 31, 1 << 31], 16);
const DOUBLES = memory.data<u32>([0, 0, 0, 1 << 31], 16);
const ODD_FLOATS = memory.data<u32>([0, 1 << 31, 0, 1 << 31], 16);

/** The signs that make differences of the second half of a vector. */
@inline
export function signsOfHalves<V, T>(): V {
  return load<V>(sizeof<T>() === 8 ? DOUBLES : FLOATS);
}

/** The signs that make differences of the elements of odd index. */
@inline
export function signsOfPairs<V>(): V {
  return load<V>(ODD_FLOATS);
}

/**
 * Does the stages within a vector of floating point: a − b is a + (−b), bit for bit. Its halves are loaded twice over, since many CPUs add
 * where they shuffle, but not where they load.
 */
@inline
export function within<V, T>(x: usize, halves: V, pairs: V): void {
  const low = v128.load_splat<u64>(x);
  const high = v128.load_splat<u64>(x, 8);
  const v = add<V, T>(low, v128.xor(high, halves));
  if (sizeof<T>() === 8) store<V>(x, v);
  else store<V>(x, add<V, T>(v128.shuffle<i32>(v, v, 1, 0, 3, 2), v128.xor(v, pairs)));
}

/** Does the stages within every vector from x to `end`. */
export function withinEach<V, T>(x: usize, end: usize): void {
  if (!isVector<V>()) return;
  if (isFloat<T>()) {
    const halves = signsOfHalves<V, T>();
    const pairs = signsOfPairs<V>();
    for (; x < end; x += sizeof<V>()) within<V, T>(x, halves, pairs);
    return;
  }
  for (; x < end; x += 2 * sizeof<V>()) {
    // The last of an odd number is its own neighbour.
    const y = x + sizeof<V>() < end ? x + sizeof<V>() : x;
    withinPair<V, T>(x, y, load<V>(x), load<V>(y));
  }
}

/**
 * Does the stages within two vectors of integers, and stores them. Interleaving low and high halves pairs the entries of one stage, and
 * doing it thrice is the identity.
 */
@inline
export function withinPair<V, T>(x: usize, y: usize, a: V, b: V): void {
  if (!isVector<V>()) return;
  const low = v128.shuffle<i32>(a, b, 0, 4, 1, 5);
  const high = v128.shuffle<i32>(a, b, 2, 6, 3, 7);
  const sum = add<V, T>(low, high);
  const difference = sub<V, T>(low, high);
  const even = v128.shuffle<i32>(sum, difference, 0, 4, 1, 5);
  const odd = v128.shuffle<i32>(sum, difference, 2, 6, 3, 7);
  const first = add<V, T>(even, odd);
  const second = sub<V, T>(even, odd);
  store<V>(x, v128.shuffle<i32>(first, second, 0, 4, 1, 5));
  store<V>(y, v128.shuffle<i32>(first, second, 2, 6, 3, 7));
}
