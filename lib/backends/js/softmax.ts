import { exp } from "../../numerics/math.js";
import { foldLanes, LANES } from "./sums.js";
import type { Segment } from "./table.js";

const { fround } = Math;
const lanes = new Float32Array(LANES);

/** Maximum m of some logits and the sum of exp(z − m). */
export interface SoftmaxSums {
  readonly max: number;
  readonly sum: number;
}

/** The maximum and the sum of a row whose logits are z. */
export function softmaxSums(z: Float32Array, segments: readonly Segment[]): SoftmaxSums {
  let { max, sum } = sumsOf(z, segments[0] as Segment);
  for (const segment of segments.slice(1)) {
    const part = sumsOf(z, segment);
    if (part.max > max) {
      sum = sum * exp(fround(max - part.max)) + part.sum;
      max = part.max;
    } else if (part.max === -Infinity) {
      sum = sum + part.sum;
    } else {
      sum = sum + part.sum * exp(fround(part.max - max));
    }
  }
  return { max, sum };
}

function sumsOf(z: Float32Array, { row, first, count }: Segment): SoftmaxSums {
  let max = -Infinity;
  for (let i = 0; i < count; i++) {
    if ((z[first + i] as number) > max) max = z[first + i] as number;
  }
  const shift = shiftOf(max);
  for (let i = 0; i < count; i++) {
    const lane = (row + i) % LANES;
    lanes[lane] = (lanes[lane] as number) + exp(fround((z[first + i] as number) - shift));
  }
  return { max, sum: foldLanes(lanes, row + count) };
}

const shiftOf = (max: number): number => (max === -Infinity ? 0 : max);

/** exp(z − the largest logit) of one logit, as a function of it. */
export function exponentialOf({ max }: SoftmaxSums): (logit: number) => number {
  const shift = shiftOf(max);
  return (logit) => exp(fround(logit - shift));
}

/** Softmax of one logit, as a function of it. */
export function probabilityOf(sums: SoftmaxSums): (logit: number) => number {
  const exponential = exponentialOf(sums);
  const reciprocal = fround(1 / sums.sum);
  return (logit) => fround(exponential(logit) * reciprocal);
}
