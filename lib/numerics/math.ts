/** exp and log of docs/numerics.md, one rounding at a time. */

const { fround } = Math;

const LOG2_E = fround(1.44269504);
const ROUND_TO_INTEGER = 12582912;
const LN2_HIGH = 0.693359375;
const LN2_LOW = /* @__PURE__ */ fround(-2.1219444e-4);
const Q0 = 0.4999999403953552;
const Q1 = 0.1666652113199234;
const Q2 = 0.04166825860738754;
const Q3 = 0.00836866907775402;
const Q4 = 0.0013821362517774105;
/** Below this argument exp is 0. */
const EXP_MIN = -87;

/** e^t in float32 for t ≤ 0; 0 below −87. */
export function exp(t: number): number {
  if (t < EXP_MIN) return 0;
  const k = fround(fround(fround(t * LOG2_E) + ROUND_TO_INTEGER) - ROUND_TO_INTEGER);
  const r = fround(fround(t - fround(k * LN2_HIGH)) - fround(k * LN2_LOW));
  let q = fround(fround(Q4 * r) + Q3);
  q = fround(fround(q * r) + Q2);
  q = fround(fround(q * r) + Q1);
  q = fround(fround(q * r) + Q0);
  const y = fround(fround(fround(fround(q * r) * r) + r) + 1);
  return fround(y * powerOfTwo(k));
}

// Bundlers leave out what is marked as pure, where nothing uses it.
const word = /* @__PURE__ */ new Uint32Array(2);
const double = /* @__PURE__ */ (() => new Float64Array(word.buffer))();
const HIGH = /* @__PURE__ */ (() => new Uint8Array(Uint16Array.of(1).buffer)[0] as number)();

/** 2^k in float64 for −1022 ≤ k ≤ 1023; NaN gives 1. */
export function powerOfTwo(k: number): number {
  word[HIGH ^ 1] = 0;
  word[HIGH] = ((k | 0) + 1023) << 20;
  return double[0] as number;
}

/** ⌊log2 a⌋ for a normal float64 a > 0. */
export function exponentOf(a: number): number {
  double[0] = a;
  return ((word[HIGH] as number) >>> 20) - 1023;
}

const LN2 = 0.6931471805599453;
const SQRT2 = 1.4142135623730951;
/** The series of log ends with the term of this odd power. */
const LOG_LAST_ODD = 21;

/** ln a in float64 for a ≥ 0. */
export function log(a: number): number {
  if (a === 0) return -Infinity;
  if (!(a < Infinity)) return a;
  let k = exponentOf(a);
  let f = a * powerOfTwo(-k);
  if (f > SQRT2) {
    f = f / 2;
    k = k + 1;
  }
  const s = (f - 1) / (f + 1);
  const w = s * s;
  let p = 1 / LOG_LAST_ODD;
  for (let odd = LOG_LAST_ODD - 2; odd >= 1; odd -= 2) p = 1 / odd + w * p;
  return k * LN2 + 2 * s * p;
}
