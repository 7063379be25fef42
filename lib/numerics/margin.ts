/** Margins of a loss, and the sine and cosine they need: docs/numerics.md, "Margins". */

/**
 * What is taken off the cosine of a label before it becomes a logit: cos θ becomes cos(θ + m) − cosine, or cos θ − beyond − cosine where
 * θ + m would pass π.
 */
export interface Margin {
  readonly cosine: number;
  /** cos m */
  readonly cosOfAngle: number;
  /** sin m */
  readonly sinOfAngle: number;
  /** m · sin m, as ArcFace takes off beyond π − m. */
  readonly beyond: number;
}

/** Both margins together; null where both are 0. `angle` is at least 0 and below π. */
export function marginOf(cosine: number, angle: number): Margin | null {
  if (cosine === 0 && angle === 0) return null;
  const sinOfAngle = series(angle, angle, 1);
  return { cosine, cosOfAngle: series(1, angle, 0), sinOfAngle, beyond: angle * sinOfAngle };
}

/** The terms of the series up to π that a float64 sees. */
const LAST = 30;

/**
 * The series of cos (from 1, the power 0) or sin (from x, the power 1). Engines differ in the last bit of Math.cos; this is the same
 * everywhere.
 */
function series(first: number, x: number, power: number): number {
  let term = first;
  let sum = first;
  for (let n = power + 2; n <= LAST; n += 2) {
    term *= -(x * x) / (n * (n - 1));
    sum += term;
  }
  return sum;
}
