import type { GradientBuffers, HeadParameters, KernelRows } from "../backends/backend.js";
import type { FusedLoss, RowLoss } from "../losses/loss.js";
import type { HeadCore } from "./core.js";
import { sum } from "./gradients.js";
import type { Targets } from "./targets.js";

/** How the losses of rows become one: their "mean", their "sum", or "none" for one a row. */
export type Reduction = "mean" | "sum" | "none";

/** What a reduction makes of the losses: a number, or for "none" one value a row. */
export type ReducedLoss<R extends Reduction> = R extends "none" ? Float32Array : number;

/** Writes the gradients of the reduced loss of some rows, and returns it: in one pass, by the kernel of the loss. */
export function runFusedLoss(
  core: HeadCore,
  loss: FusedLoss,
  x: KernelRows,
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
  const counts = rowWeights(targets, classWeights);
  // A label has the only target of its row where nothing is smoothed, so that its class's weight is one of the row.
  const ofRow = classWeights === null || (labels !== null && labelSmoothing === 0);
  const multipliers = ofRow ? counts : rowWeights(targets, null);
  const count = divisor(rows, reduction, counts);
  const losses = new Float32Array(rows);
  core.kernels.lossAndGradient(
    x,
    { scale: parameters.scale, bias: parameters.bias, normalised: true },
    {
      labels,
      targets: soft,
      classWeights: ofRow ? null : classWeights,
      sumOfClassWeights: ofRow || classWeights === null ? core.classes : sum(classWeights),
      rowWeights: multipliers === null ? 1 / count : gradientWeights(multipliers, count),
      labelSmoothing,
      margin,
    },
    losses,
    gradients,
  );
  return reduceLosses(losses, multipliers, reduction, count);
}

/** Does the same by `forward`, the loss, and `backward`, which needs memory for the logits. */
export function runRowLoss(
  core: HeadCore,
  loss: RowLoss,
  x: KernelRows,
  targets: Targets,
  reduction: Reduction,
  gradients: GradientBuffers,
): number | Float32Array {
  const { labels } = targets;
  if (labels === null) throw new TypeError("this loss is for labels, got a Float32Array of soft targets");
  const { classes, kernels } = core;
  const rows = labels.length;
  const counts = rowWeights(targets, null);
  const count = divisor(rows, reduction, counts);
  const weights = counts === null ? new Float32Array(rows).fill(1 / count) : gradientWeights(counts, count);
  const losses = new Float32Array(rows);
  const logits = new Float32Array(rows * classes);
  const rowsLeft = clearLeftOut(x, weights, core.features);
  kernels.forward(rowsLeft, core.parameters(), logits);
  weights.forEach((weight, r) => {
    const z = logits.subarray(r * classes, (r + 1) * classes);
    if (weight === 0) {
      z.fill(0);
      return;
    }
    losses[r] = loss(z, labels[r] as number);
    if (weight !== 1) for (let c = 0; c < classes; c++) z[c] = (z[c] as number) * weight;
  });
  kernels.backward(rowsLeft, core.parameters(), logits, gradients);
  return reduceLosses(losses, counts, reduction, count);
}

/** With zeros for rows that are left out: features that are not finite would give gradients that are not, even of a loss of 0. */
function clearLeftOut(x: KernelRows, weights: Float32Array, features: number): KernelRows {
  if (!weights.includes(0)) return x;
  const rows = x.slice();
  weights.forEach((weight, r) => {
    if (weight === 0) rows.fill(0, r * features, (r + 1) * features);
  });
  return rows;
}

/** How much each row counts, with the weight of its label's class; null: 1. */
function rowWeights({ labels, weights }: Targets, classWeights: Float32Array | null): Float64Array | null {
  if (labels === null || classWeights === null) return weights && Float64Array.from(weights);
  const counts = new Float64Array(labels.length);
  for (let r = 0; r < counts.length; r++) {
    const weight = weights === null ? 1 : (weights[r] as number);
    counts[r] = weight === 0 ? 0 : weight * (classWeights[labels[r] as number] as number);
  }
  return counts;
}

/** What the sum over rows is divided by. */
function divisor(rows: number, reduction: Reduction, counts: Float64Array | null): number {
  if (reduction !== "mean") return 1;
  return counts === null ? rows : sum(counts);
}

/** What the gradients of each row are multiplied by; 0 leaves it out. */
function gradientWeights(multipliers: Float64Array, count: number): Float32Array {
  const weights = new Float32Array(multipliers.length);
  for (let r = 0; r < weights.length; r++) {
    const multiplier = multipliers[r] as number;
    weights[r] = multiplier === 0 ? 0 : multiplier * (1 / count);
  }
  return weights;
}

function reduceLosses(
  losses: Float32Array,
  multipliers: Float64Array | null,
  reduction: Reduction,
  count: number,
): number | Float32Array {
  if (multipliers === null) return reduction === "none" ? losses : sum(losses) / count;
  if (reduction === "none") return losses.map((loss, r) => loss * (multipliers[r] as number));
  let total = 0;
  for (let r = 0; r < losses.length; r++) total += (losses[r] as number) * (multipliers[r] as number);
  return total / count;
}
