import type { GradientBuffers, HeadKernels, HeadParameters } from "../backends/backend.js";
import { checkLabels, checkOneOf } from "../checks.js";
import { checkFeatures, FEATURE_OPTIONS, type FeatureOptions, type Features } from "../features.js";
import { LOSS_NAMES, LOSSES, type LossChoice } from "../losses/index.js";
import type { FusedLoss, Loss, LossHead, RowLoss } from "../losses/loss.js";
import { readOptions } from "../options.js";
import type { HeadCore } from "./core.js";
import { type Gradient, type GradientOutput, gradientBuffers, sum, toGradient } from "./gradients.js";

/** One class a row, an integer from 0 to classes − 1. */
export type Labels =
  | readonly number[]
  | Int8Array
  | Uint8Array
  | Uint8ClampedArray
  | Int16Array
  | Uint16Array
  | Int32Array
  | Uint32Array;

/** How the losses of rows become one: their "mean", their "sum", or "none" for one a row. */
export type Reduction = "mean" | "sum" | "none";
const REDUCTIONS: readonly Reduction[] = ["mean", "sum", "none"];

/**
 * Options of `lossAndGradient`: `loss`, one of {@link LossName} (default "cross-entropy"), with its own options, which are
 * {@link CrossEntropyOptions} or {@link DotRegressionOptions}; then those of every loss.
 */
export type LossOptions = LossChoice &
  FeatureOptions & {
    /** How the rows' losses are reduced. Default "mean". With "none" the gradients are those of the sum. */
    reduction?: Reduction;
    /** Arrays to write the gradients to. */
    out?: GradientOutput;
  };

/** What `lossAndGradient` returns. */
export interface LossAndGradient<L = number> {
  /** The mean or sum over rows, a number; for the reduction "none" a Float32Array of one value a row. */
  readonly loss: L;
  /** Gradients of that loss; for the reduction "none" those of the sum. */
  readonly gradient: Gradient;
}

/** What `lossAndGradient` takes with every loss. */
const COMMON = ["loss", "reduction", "out", ...FEATURE_OPTIONS];

interface CheckedLoss {
  readonly loss: FusedLoss | RowLoss;
  readonly reduction: Reduction;
}

/** What a call without options means; it skips the checks, none of which it can fail. */
const DEFAULT: CheckedLoss = { loss: { kernel: "crossEntropy", labelSmoothing: 0 }, reduction: "mean" };

function checkLoss(options: LossOptions | null | undefined, head: LossHead): CheckedLoss {
  if (options === undefined || options === null) return DEFAULT;
  const name = options.loss ?? "cross-entropy";
  checkOneOf("loss", name, LOSS_NAMES);
  const entry: Loss = LOSSES[name];
  const given = readOptions(`lossAndGradient with loss "${name}"`, options, COMMON, entry.options);
  const { reduction = "mean" } = given;
  checkOneOf("reduction", reduction, REDUCTIONS);
  return { loss: entry.prepare(given as Readonly<Record<string, unknown>>, head), reduction };
}

export function lossAndGradient(
  core: HeadCore,
  x: Features,
  labels: Labels,
  options: LossOptions | null | undefined,
): LossAndGradient<number | Float32Array> {
  const input = checkFeatures(x, core.features, options ?? {});
  const checked = checkLabels(labels, input.rows, core.classes);
  const loss = checkLoss(options, core);
  const buffers = gradientBuffers(core, input.rows, options?.out ?? undefined, core.inputs(x));
  const x32 = core.decoder.all(input);
  const value = runLoss(core.kernels, loss, x32, core.parameters(), checked, buffers, core.classes);
  core.decoder.unscale(input, buffers.features);
  return { loss: value, gradient: toGradient(buffers, core.settings.learnScale) };
}

/**
 * Writes the gradients of the reduced loss of some rows, and returns it: by the kernel of a loss that has one, otherwise by `forward`,
 * the loss, and `backward`, which needs memory for the logits.
 */
function runLoss(
  kernels: HeadKernels,
  { loss, reduction }: CheckedLoss,
  x: Float32Array,
  parameters: HeadParameters,
  labels: Int32Array,
  gradients: GradientBuffers,
  classes: number,
): number | Float32Array {
  const rows = labels.length;
  const rowWeight = reduction === "mean" ? 1 / rows : 1;
  const losses = new Float32Array(rows);
  if (typeof loss === "function") {
    const logits = new Float32Array(rows * classes);
    kernels.forward(x, parameters, logits);
    applyToRows(loss, logits, labels, losses);
    multiply(logits, Math.fround(rowWeight));
    kernels.backward(x, parameters, logits, gradients);
  } else {
    const { labelSmoothing } = loss;
    kernels.lossAndGradient(x, parameters, { labels, labelSmoothing, rowWeight }, losses, gradients);
  }
  if (reduction === "none") return losses;
  return reduction === "mean" ? sum(losses) / rows : sum(losses);
}

/** Turns rows of logits into their gradients. */
function applyToRows(loss: RowLoss, logits: Float32Array, labels: Int32Array, losses: Float32Array): void {
  const classes = logits.length / labels.length;
  labels.forEach((label, r) => {
    losses[r] = loss(logits.subarray(r * classes, (r + 1) * classes), label);
  });
}

function multiply(values: Float32Array, multiplier: number): void {
  if (multiplier === 1) return;
  for (let i = 0; i < values.length; i++) values[i] = (values[i] as number) * multiplier;
}
