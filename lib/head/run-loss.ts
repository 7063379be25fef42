import type { GradientBuffers, HeadParameters } from "../backends/backend.js";
import type { FusedLoss, RowLoss } from "../losses/loss.js";
import type { HeadCore } from "./core.js";
import { sum } from "./gradients.js";
import type { Targets } from "./targets.js";

/** How the losses of rows become one: their "mean", their "sum", or "none" for one a row. */
export type Reduction = "mean" | "sum" | "none";

/** Writes the gradients of the reduced loss of some rows, and returns it: in one pass, by the kernel of the loss. */
export function runFusedLoss(
  core: HeadCore,
  loss: FusedLoss,
  x: Float32Array,
  targets: Targets,
  reduction: Reduction,
  gradients: GradientBuffers,
  parameters: HeadParameters = core.parameters(),
): number | Float32Array {
  const { labels, soft } = targets;
  const { labelSmoothing, classWeights, margin } = loss;
  if (margin !== null && labels === null) {
    throw new TypeError("a margin is for labels, and these are soft targets; leave it out");
  }
  const rows = x.length / core.features;
  const counts = rowWeights(rows, targets, classWeights);
  // A label has the only target of its row where nothing is smoothed, so that its class's weight is one of the row.
  const ofRow = classWeights === null || (labels !== null && labelSmoothing === 0);
  const multipliers = ofRow ? counts : rowWeights(rows, targets, null);
  const losses = new Float32Array(rows);
  core.kernels.lossAndGradient(
    x,
    { ...parameters, normalised: true },
    {
      labels,
      targets: soft,
      classWeights: ofRow ? null : classWeights,
      sumOfClassWeights: classWeights === null ? core.classes : sum(classWeights),
      rowWeights: gradientWeights(multipliers, reduction, counts),
      labelSmoothing,
      margin,
    },
    losses,
    gradients,
  );
  return reduceLosses(losses, multipliers, reduction, counts);
}

/** Does the same by `forward`, the loss, and `backward`, which needs memory for the logits. */
export function runRowLoss(
  core: HeadCore,
  loss: RowLoss,
  x: Float32Array,
  targets: Targets,
  reduction: Reduction,
  gradients: GradientBuffers,
): number | Float32Array {
  const { labels } = targets;
  if (labels === null) throw new TypeError("this loss is for labels, got a Float32Array of soft targets");
  const { classes, kernels } = core;
  const rows = labels.length;
  const counts = rowWeights(rows, targets, null);
  const weights = gradientWeights(counts, reduction, counts);
  const losses = new Float32Array(rows);
  const logits = new Float32Array(rows * classes);
  kernels.forward(x, core.parameters(), logits);
  weights.forEach((weight, r) => {
    const z = logits.subarray(r * classes, (r + 1) * classes);
    if (weight === 0) {
      z.fill(0);
      return;
    }
    losses[r] = loss(z, labels[r] as number);
    if (weight !== 1) for (let c = 0; c < classes; c++) z[c] = (z[c] as number) * weight;
  });
  kernels.backward(x, core.parameters(), logits, gradients);
  clearLeftOut(weights, gradients, core.features);
  return reduceLosses(losses, counts, reduction, counts);
}

/** Features that are not finite would give a row gradients that are not, even of a loss of 0. */
function clearLeftOut(weights: Float32Array, gradients: GradientBuffers, features: number): void {
  weights.forEach((weight, r) => {
    if (weight !== 0) return;
    gradients.features.fill(0, r * features, (r + 1) * features);
    gradients.scale[r] = 0;
  });
}

/** How much each row counts, with the weight of its label's class. */
function rowWeights(
  rows: number,
  { labels, weights }: Targets,
  classWeights: Float32Array | null,
): Float64Array {
  const counts = new Float64Array(rows).fill(1);
  if (weights !== null) counts.set(weights);
  if (labels === null || classWeights === null) return counts;
  return counts.map((count, r) => (count === 0 ? 0 : count * (classWeights[labels[r] as number] as number)));
}

/** What the gradients of each row are multiplied by; 0 leaves it out. */
function gradientWeights(
  multipliers: Float64Array,
  reduction: Reduction,
  counts: Float64Array,
): Float32Array {
  const share = reduction === "mean" ? 1 / sum(counts) : 1;
  return Float32Array.from(multipliers, (multiplier) => (multiplier === 0 ? 0 : multiplier * share));
}

function reduceLosses(
  losses: Float32Array,
  multipliers: Float64Array,
  reduction: Reduction,
  counts: Float64Array,
): number | Float32Array {
  if (reduction === "none") return losses.map((loss, r) => loss * (multipliers[r] as number));
  let total = 0;
  for (let r = 0; r < losses.length; r++) total += (losses[r] as number) * (multipliers[r] as number);
  return reduction === "mean" ? total / sum(counts) : total;
}
