import type { Margin } from "../../numerics/margin.js";

/** The least sin²θ that a gradient is divided by. */
const LEAST_SQUARED_SINE = 1e-12;

/** What takes the place of the cosine of a label. */
export interface LoweredCosine {
  readonly value: number;
  /** Its derivative by the cosine. */
  readonly slope: number;
}

/** The cosine c of a label with a margin: docs/numerics.md, "Margins". */
export function lowerCosine(c: number, { cosine, cosOfAngle, sinOfAngle, beyond }: Margin): LoweredCosine {
  const squaredSine = 1 - c * c;
  const sine = Math.sqrt(Math.max(squaredSine, LEAST_SQUARED_SINE));
  if (c > -cosOfAngle) {
    const value = c * cosOfAngle - sine * sinOfAngle - cosine;
    return { value, slope: cosOfAngle + (c * sinOfAngle) / sine };
  }
  return { value: c - beyond - cosine, slope: 1 };
}
