/** exp and log of docs/numerics.md, one rounding at a time. */
import { add, broadcastFrom, mul, sub } from "./vector";

/** What is added to it is rounded to an integer. */
const ROUND_TO_INTEGER = memory.data<f32>([12582912]);
const LOG2_E = memory.data<f32>([1.44269504]);
const LN2_HIGH = memory.data<f32>([0.693359375]);
const LN2_LOW = memory.data<f32>([-2.1219444e-4]);
const Q0 = memory.data<f32>([0.4999999403953552]);
const Q1 = memory.data<f32>([0.1666652113199234]);
const Q2 = memory.data<f32>([0.04166825860738754]);
const Q3 = memory.data<f32>([0.00836866907775402]);
const Q4 = memory.data<f32>([0.0013821362517774105]);
const ONE = memory.data<f32>([1]);
/** Below this argument exp is 0. */
const EXP_MIN = memory.data<f32>([-87]);

/** e^t for t ≤ 0 or NaN; 0 below −87. */
@inline
export function exp<V>(t: V): V {
  const rounder = broadcastFrom<V, f32>(ROUND_TO_INTEGER);
  const shifted = add<V, f32>(mul<V, f32>(t, broadcastFrom<V, f32>(LOG2_E)), rounder);
  const k = sub<V, f32>(shifted, rounder);
  const r = sub<V, f32>(
    sub<V, f32>(t, mul<V, f32>(k, broadcastFrom<V, f32>(LN2_HIGH))),
    mul<V, f32>(k, broadcastFrom<V, f32>(LN2_LOW)),
  );
  let q = add<V, f32>(mul<V, f32>(broadcastFrom<V, f32>(Q4), r), broadcastFrom<V, f32>(Q3));
  q = add<V, f32>(mul<V, f32>(q, r), broadcastFrom<V, f32>(Q2));
  q = add<V, f32>(mul<V, f32>(q, r), broadcastFrom<V, f32>(Q1));
  q = add<V, f32>(mul<V, f32>(q, r), broadcastFrom<V, f32>(Q0));
  const one = broadcastFrom<V, f32>(ONE);
  const y = add<V, f32>(add<V, f32>(mul<V, f32>(mul<V, f32>(q, r), r), r), one);
  return timesPowerOfTwo<V>(y, shifted, one, t);
}

/** y · 2^k, or 0 where t < −87. The low bits of `shifted` hold k; the bits of 1 are those of the exponent 0. */
@inline
function timesPowerOfTwo<V>(y: V, shifted: V, one: V, t: V): V {
  if (isVector<V>()) {
    const power = i32x4.add(i32x4.shl(shifted, 23), one);
    return v128.andnot(f32x4.mul(y, power), f32x4.lt(t, broadcastFrom<V, f32>(EXP_MIN)));
  }
  const power = reinterpret<f32>((reinterpret<i32>(shifted) << 23) + (127 << 23));
  return t < load<f32>(EXP_MIN) ? 0 : y * power;
}

/** 2^k for −1022 ≤ k ≤ 1023. */
export function powerOfTwo(k: i32): f64 {
  return reinterpret<f64>((<u64>(k + 1023)) << 52);
}

/** ⌊log2 a⌋ for a normal a > 0. */
export function exponentOf(a: f64): i32 {
  return <i32>(reinterpret<u64>(a) >> 52) - 1023;
}

const LN2: f64 = 0.6931471805599453;
const SQRT2: f64 = 1.4142135623730951;
/** The series of log ends with the term of this odd power. */
const LOG_LAST_ODD: f64 = 21;

/** ln a for a ≥ 0 or NaN. */
export function log(a: f64): f64 {
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
  let p: f64 = 1.0 / LOG_LAST_ODD;
  for (let odd: f64 = LOG_LAST_ODD - 2; odd >= 1; odd -= 2) p = 1.0 / odd + w * p;
  return <f64>k * LN2 + 2 * s * p;
}
