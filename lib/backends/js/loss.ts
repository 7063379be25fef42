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
  const others = labelSmoothing / classes;
  const target = targetOf(loss, r, classes);
  const sums = softmaxSums(z, segments);

  const logit = label < 0 ? 0 : (z[label] as number);
  let total = 1;
  let value = logSumExp(sums);
  if (loss.targets !== null) {
    total = sum(segments, target);
    value = total * value - sum(segments, (c) => productOrZero(target(c), z[c] as number));
  } else if (labels !== null && classWeights !== null) {
    const ofLogits = sum(segments, (c) => productOrZero(classWeights[c] as number, z[c] as number));
    total = (1 - labelSmoothing) * ofLabel + others * loss.sumOfClassWeights;
    value = total * value - (1 - labelSmoothing) * ofLabel * logit - others * ofLogits;
  } else if (labels !== null) {
    value -= (1 - labelSmoothing) * logit;
    if (labelSmoothing !== 0) value -= others * sum(segments, (c) => z[c] as number);
  }

  const exponential = exponentialOf(sums);
  const totalBySum = fround(total / sums.sum);
  const targetOfLabel = fround((1 - labelSmoothing) * ofLabel + others * ofLabel);
  for (let c = 0; c < classes; c++) {
    const probability = fround(exponential(z[c] as number) * totalBySum);
    z[c] = fround(probability - (c === label ? targetOfLabel : target(c))) * weight;
  }
  return value;
}

/** The target t_c of the classes of row r, but for that of its label. */
function targetOf(loss: CrossEntropy, r: number, classes: number): (c: number) => number {
  const { targets, classWeights, labelSmoothing } = loss;
  const others = fround(labelSmoothing / classes);
  let own: (c: number) => number;
  if (targets !== null) {
    const keep = fround(1 - labelSmoothing);
    own = (c) => fround(fround((targets[r * classes + c] as number) * keep) + others);
  } else {
    const same = loss.labels === null ? 0 : others;
    own = () => same;
  }
  return classWeights === null ? own : (c) => fround(own(c) * (classWeights[c] as number));
}

const productOrZero = (t: number, z: number): number => (t === 0 ? 0 : fround(t * z));

/** Σ term(c) over all classes, segment by segment: docs/numerics.md, "Sums along a row". */
function sum(segments: readonly Segment[], term: (c: number) => number): number {
  let total = 0;
  for (const { row, first, count } of segments) {
    for (let i = 0; i < count; i++) {
      const lane = (row + i) % LANES;
      lanes[lane] = (lanes[lane] as number) + term(first + i);
    }
    total += foldLanes(lanes, row + count);
  }
  return total;
}
