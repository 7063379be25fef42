import { log } from "../../numerics/math.js";
import { probabilityOf, softmaxSums } from "./softmax.js";
import { foldLanes, LANES } from "./sums.js";
import type { Segment } from "./table.js";

const { fround } = Math;
const lanes = new Float32Array(LANES);

/** Turns the logits `z` of a row into their gradient and returns the loss. */
export function crossEntropy(
  z: Float32Array,
  segments: readonly Segment[],
  label: number,
  labelSmoothing: number,
  rowWeight: number,
): number {
  const classes = z.length;
  const sums = softmaxSums(z, segments);
  const logit = z[label] as number;
  let loss: number;
  if (labelSmoothing === 0) {
    loss = log(sums.sum) + sums.max - logit;
  } else {
    loss = log(sums.sum) + sums.max - (1 - labelSmoothing) * logit;
    loss -= (labelSmoothing / classes) * sumOfLogits(z, segments);
  }
  const probability = probabilityOf(sums);
  const others = fround(labelSmoothing / classes);
  const target = fround(1 - labelSmoothing + labelSmoothing / classes);
  for (let c = 0; c < classes; c++) {
    z[c] = fround(probability(z[c] as number) - (c === label ? target : others)) * rowWeight;
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
