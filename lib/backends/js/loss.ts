import { log } from "../../numerics/math.js";
import type { CrossEntropy } from "../backend.js";
import { exponentialOf, type SoftmaxSums, softmaxSums } from "./softmax.js";
import { foldLanes, LANES } from "./sums.js";
import type { Segment } from "./table.js";

const { fround } = Math;
const lanes = new Float32Array(LANES);

/** log Σ exp z of a row of logits. */
export const logSumExp = ({ max, sum }: SoftmaxSums): number => log(sum) + max;

/** Turns the logits `z` of row r, of this weight, into their gradient and returns the loss: docs/numerics.md, "Cross-entropy". */
export function crossEntropy(
  z: Float32Array,
  segments: readonly Segment[],
  loss: CrossEntropy,
  r: number,
  weight: number,
): number {
  const { labels, classWeights, labelSmoothing } = loss;
  const classes = z.length;
  const label = labels === null ? -1 : (labels[r] as number);
  const ofLabel = label < 0 || classWeights === null ? 1 : (classWeights[label] as number);
  const logit = label < 0 ? 0 : (z[label] as number);
  const others = labelSmoothing / classes;
  const targets = targetsOf(loss, r, classes);
  const sums = softmaxSums(z, segments);

  let total = 1;
  let value = logSumExp(sums);
  if (labels === null) {
    if (targets !== null) {
      total = sum(segments, targets);
      value = total * value - sumOfProducts(segments, targets, z);
    }
  } else if (classWeights !== null) {
    total = (1 - labelSmoothing) * ofLabel + others * loss.sumOfClassWeights;
    value = total * value - (1 - labelSmoothing) * ofLabel * logit;
    value -= others * sumOfProducts(segments, classWeights, z);
  } else {
    value -= (1 - labelSmoothing) * logit;
    if (labelSmoothing !== 0) value -= others * sum(segments, z);
  }

  const exponential = exponentialOf(sums);
  const totalBySum = fround(total / sums.sum);
  const same = labels === null ? 0 : fround(others);
  const targetOfLabel = fround((1 - labelSmoothing) * ofLabel + others * ofLabel);
  for (let c = 0; c < classes; c++) {
    const probability = fround(exponential(z[c] as number) * totalBySum);
    const target = c === label ? targetOfLabel : targets === null ? same : (targets[c] as number);
    z[c] = fround(probability - target) * weight;
  }
  return value;
}

let kept = new Float32Array();

/** The targets of the classes of row r, that of its label apart; null where they are all the same. */
function targetsOf(loss: CrossEntropy, r: number, classes: number): Float32Array | null {
  const { targets, classWeights, labelSmoothing } = loss;
  if (targets === null && classWeights === null) return null;
  if (kept.length !== classes) kept = new Float32Array(classes);
  const others = fround(labelSmoothing / classes);
  const keep = fround(1 - labelSmoothing);
  for (let c = 0; c < classes; c++) {
    kept[c] = targets === null ? others : fround((targets[r * classes + c] as number) * keep) + others;
    if (classWeights !== null) kept[c] = (kept[c] as number) * (classWeights[c] as number);
  }
  return kept;
}

/** Σ values[c] over all classes, segment by segment: docs/numerics.md, "Sums along a row". */
function sum(segments: readonly Segment[], values: Float32Array): number {
  let total = 0;
  for (const { row, first, count } of segments) {
    for (let i = 0; i < count; i++) {
      const lane = (row + i) % LANES;
      lanes[lane] = (lanes[lane] as number) + (values[first + i] as number);
    }
    total += foldLanes(lanes, row + count);
  }
  return total;
}

/** Σ t_c · z_c, with 0 where t_c is 0, whatever z_c is. */
function sumOfProducts(segments: readonly Segment[], t: Float32Array, z: Float32Array): number {
  let total = 0;
  for (const { row, first, count } of segments) {
    for (let i = 0; i < count; i++) {
      const lane = (row + i) % LANES;
      const target = t[first + i] as number;
      const product = target === 0 ? 0 : fround(target * (z[first + i] as number));
      lanes[lane] = (lanes[lane] as number) + product;
    }
    total += foldLanes(lanes, row + count);
  }
  return total;
}
