/** exp and log of docs/numerics.md, one rounding at a time. */
import { add, mul, splat, sub } from "./vector";

const ROUND_TO_INTEGER: f32 = 12582912;

/** e^t for t ≤ 0 or NaN; 0 below −87. */
@inline
export function exp<V>(t: V): V {
  const magic = splat<V, f32>(ROUND_TO_INTEGER);
  const shifted = add<V, f32>(mul<V, f32>(t, splat<V, f32>(1.44269504)), magic);
  const k = sub<V, f32>(shifted, magic);
  const r = sub<V, f32>(
    sub<V, f32>(t, mul<V, f32>(k, splat<V, f32>(0.693359375))),
    mul<V, f32>(k, splat<V, f32>(-2.1219444e-4)),
  );
  let q = splat<V, f32>(0.0013821362517774105);
  q = add<V, f32>(mul<V, f32>(q, r), splat<V, f32>(0.00836866907775402));
  q = add<V, f32>(mul<V, f32>(q, r), splat<V, f32>(0.04166825860738754));
  q = add<V, f32>(mul<V, f32>(q, r), splat<V, f32>(0.1666652113199234));
  q = add<V, f32>(mul<V, f32>(q, r), splat<V, f32>(0.4999999403953552));
  const y = add<V, f32>(add<V, f32>(mul<V, f32>(mul<V, f32>(q, r), r), r), splat<V, f32>(1));
  return timesPowerOfTwo<V>(y, shifted, t);
}

/** y · 2^k, or 0 where t < −87. The low bits of `shifted` hold k. */
@inline
function timesPowerOfTwo<V>(y: V, shifted: V, t: V): V {
  if (isVector<V>()) {
    const power = i32x4.add(i32x4.shl(shifted, 23), i32x4.splat(127 << 23));
    return v128.andnot(f32x4.mul(y, power), f32x4.lt(t, f32x4.splat(-87)));
  }
  const power = reinterpret<f32>((reinterpret<i32>(shifted) << 23) + (127 << 23));
  return t < -87 ? 0 : y * power;
}

/** 2^k for −1022 ≤ k ≤ 1023. */
export function powerOfTwo(k: i32): f64 {
  return reinterpret<f64>((<u64>(k + 1023)) << 52);
}

/** ⌊log2 a⌋ for a normal a > 0. */
export function exponentOf(a: f64): i32 {
  return <i32>(reinterpret<u64>(a) >> 52) - 1023;
}

/** ln a for a ≥ 0 or NaN. */
export function log(a: f64): f64 {
  if (a === 0) return -Infinity;
  if (!(a < Infinity)) return a;
  let k = exponentOf(a);
  let f = a * powerOfTwo(-k);
  if (f > 1.4142135623730951) {
    f = f / 2;
    k = k + 1;
  }
  const s = (f - 1) / (f + 1);
  const w = s * s;
  let p: f64 = 1.0 / 21.0;
  for (let odd: f64 = 19; odd >= 1; odd -= 2) p = 1.0 / odd + w * p;
  return <f64>k * 0.6931471805599453 + 2 * s * p;
}
