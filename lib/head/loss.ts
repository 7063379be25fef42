import { checkOneOf } from "../checks.js";
import { checkFeatures, FEATURE_OPTIONS, type FeatureOptions, type Features } from "../features.js";
import type { CrossEntropyOptions } from "../losses/cross-entropy.js";
import { LOSS_NAMES, LOSSES, type LossChoice } from "../losses/index.js";
import type { Loss } from "../losses/loss.js";
import { readOptions } from "../options.js";
import type { HeadCore } from "./core.js";
import {
  type Gradient,
  type GradientOutput,
  gradientBuffers,
  toGradient,
  type WeightGradient,
} from "./gradients.js";
import { type ReducedLoss, type Reduction, runFusedLoss, runRowLoss } from "./run-loss.js";
import { checkTargets, type Labels, ROW_OPTIONS, type RowOptions } from "./targets.js";

const REDUCTIONS: readonly Reduction[] = ["mean", "sum", "none"];

/**
 * Options of `lossAndGradient`: `loss`, one of {@link LossName} (default "cross-entropy"), with its own options, which are
 * {@link CrossEntropyOptions} or {@link DotRegressionOptions}; then those of every loss.
 */
export type LossOptions = LossChoice &
  RowOptions &
  FeatureOptions & {
    /** How the rows' losses are reduced. Default "mean". With "none" the gradients are those of the sum. */
    reduction?: Reduction;
    /** Arrays to write the gradients to. */
    out?: GradientOutput;
    /**
     * Of which class vectors of the code "product" there shall be a gradient, `gradient.weights`: true, all; or an array of classes, all
     * different. Default false: none.
     */
    weightGradient?: WeightGradient;
  };

/** What `lossAndGradient` returns. */
export interface LossAndGradient<L = number> {
  /** The mean or sum over rows, a number; for the reduction "none" a Float32Array of one value a row. */
  readonly loss: L;
  /** Gradients of that loss; for the reduction "none" those of the sum. */
  readonly gradient: Gradient;
}

/** What `lossAndGradient` takes with every loss. */
const COMMON = /* @__PURE__ */ (() => [
  "loss",
  "reduction",
  "out",
  "weightGradient",
  ...ROW_OPTIONS,
  ...FEATURE_OPTIONS,
])();

const viewOf = (input: unknown): ArrayBufferView | null => (ArrayBuffer.isView(input) ? input : null);

export function lossAndGradient<R extends Reduction>(
  core: HeadCore,
  x: Features,
  labels: Labels | Float32Array,
  options: (LossOptions & { reduction?: R }) | null | undefined,
): LossAndGradient<ReducedLoss<R>> {
  const name = options?.loss ?? "cross-entropy";
  checkOneOf("loss", name, LOSS_NAMES);
  const entry: Loss = LOSSES[name];
  const given = readOptions(`lossAndGradient with loss "${name}"`, options, COMMON, entry.options);
  const reduction: Reduction = given.reduction ?? "mean";
  const input = checkFeatures(x, core.features, given);
  const targets = checkTargets(labels, input.rows, core.classes, given);
  checkOneOf("reduction", reduction, REDUCTIONS);
  const loss = entry.prepare(given as Readonly<Record<string, unknown>>, core);
  const { sampleWeights, classWeights } = given as RowOptions & CrossEntropyOptions;
  const inputs = [...core.inputs(x), viewOf(labels), viewOf(sampleWeights), viewOf(classWeights)];
  const buffers = gradientBuffers(core, input.rows, given.out, inputs, given.weightGradient);
  const rows = core.decoder.all(input, core.kernels);
  const value =
    typeof loss === "function"
      ? runRowLoss(core, loss, rows, targets, reduction, buffers)
      : runFusedLoss(core, loss, rows, targets, reduction, buffers);
  core.decoder.unscale(input, buffers.features);
  return { loss: value as ReducedLoss<R>, gradient: toGradient(buffers, core.settings.learnScale) };
}
