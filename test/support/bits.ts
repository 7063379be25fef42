/** Comparison of arrays bit by bit; any NaN equals any other. */

// Looking up a global is slow in Jest's sandbox.
const { abs, max } = Math;
const notANumber = Number.isNaN;

export type NumberArray = Float32Array | Float64Array | Int32Array;

/** The first index at which two arrays differ, or −1. Object.is would do, at several times the cost. */
export function firstDifference(a: NumberArray, b: NumberArray): number {
  for (let i = 0; i < a.length; i++) {
    const v = a[i] as number;
    const w = b[i] as number;
    if (v === w ? v === 0 && 1 / v !== 1 / w : !(notANumber(v) && notANumber(w))) return i;
  }
  return -1;
}

const hex = (v: number): string => {
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, v);
  return `${v} (float64 bits ${view.getBigUint64(0).toString(16)})`;
};

export function expectSameBits(actual: NumberArray, expected: NumberArray, what = "result"): void {
  if (actual.length !== expected.length) {
    throw new Error(`${what}: ${actual.length} elements, expected ${expected.length}`);
  }
  const i = firstDifference(actual, expected);
  if (i < 0) return;
  const got = hex(actual[i] as number);
  throw new Error(`${what}[${i}] of ${actual.length}: got ${got}, expected ${hex(expected[i] as number)}`);
}

/** Largest |actual − expected|; NaN in either counts as infinite. */
export function largestError(actual: ArrayLike<number>, expected: ArrayLike<number>): number {
  let largest = 0;
  for (let i = 0; i < expected.length; i++) {
    const error = abs((actual[i] as number) - (expected[i] as number));
    if (!(error <= largest)) largest = notANumber(error) ? Infinity : error;
  }
  return largest;
}

export function largest(values: ArrayLike<number>): number {
  let top = 0;
  for (let i = 0; i < values.length; i++) top = max(top, abs(values[i] as number));
  return top;
}
