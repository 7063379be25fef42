import { exp, foldLanes, LANES, log } from "./math.js";
import type { Segment } from "./product.js";

const { fround } = Math;
const lanes = new Float32Array(LANES);

/** Maximum m of some logits and the sum of exp(z − m). */
export interface SoftmaxSums {
  readonly max: number;
  readonly sum: number;
}

/** Those of a row whose logits are z. */
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

/** Softmax of one logit, as a function of it. */
export function probabilityOf({ max, sum }: SoftmaxSums): (logit: number) => number {
  const shift = shiftOf(max);
  const reciprocal = fround(1 / sum);
  return (logit) => fround(exp(fround(logit - shift)) * reciprocal);
}

/** Turns the logits `z` of a row into their gradient and returns the loss. */
export function crossEntropy(
  z: Float32Array,
  segments: readonly Segment[],
  label: number,
  smoothing: number,
  factor: number,
): number {
  const classes = z.length;
  const sums = softmaxSums(z, segments);
  const logit = z[label] as number;
  let loss: number;
  if (smoothing === 0) {
    loss = log(sums.sum) + sums.max - logit;
  } else {
    loss = log(sums.sum) + sums.max - (1 - smoothing) * logit;
    loss -= (smoothing / classes) * sumOfLogits(z, segments);
  }
  const probability = probabilityOf(sums);
  const others = fround(smoothing / classes);
  const target = fround(1 - smoothing + smoothing / classes);
  for (let c = 0; c < classes; c++) {
    z[c] = fround(probability(z[c] as number) - (c === label ? target : others)) * factor;
  }
  return loss;
}

function sumOfLogits(z: Float32Array, segments: readonly Segment[]): number {
  let sum = 0;
  for (const { row, first, count } of segments) {
    for (let i = 0; i < count; i++) {
      const lane = (row + i) % LANES;
      lanes[lane] = (lanes[lane] as number) + (z[first + i] as number);
    }
    sum += foldLanes(lanes, row + count);
  }
  return sum;
}
