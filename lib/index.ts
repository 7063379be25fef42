/**
 * The last layer of a classifier without its weights: a fast Walsh-Hadamard transform and the fixed classifier on top of it.
 *
 * @module
 */

export { allocate, type ElementType } from "./allocate.js";
export type {
  AbortSignalLike,
  Backend,
  BackendName,
  BackendOptions,
  TransformArray,
} from "./backends/backend.js";
export { createBackend } from "./backends/create.js";
export { backend, backendNames, instructionSets } from "./backends/select.js";
export type { BackendFailure } from "./backends/selection.js";
export { FixedClassifier } from "./classifier.js";
export type { ClassCode, Coherence } from "./codes/code.js";
export type { CodeName, CodeOptions } from "./codes/index.js";
export type { FeatureOptions, Features } from "./features.js";
export { type FwhtArray, type FwhtOptions, fwht } from "./fwht.js";
export type { AsyncOptions } from "./head/async.js";
export type { BackwardOptions } from "./head/backward.js";
export type { Calibration, CalibrationOptions } from "./head/calibrate.js";
export type { CalibrationRows, DenseLayer, FromDenseCode, FromDenseOptions } from "./head/dense-options.js";
export type {
  EnergyGradientOptions,
  EnergyOptions,
  LogSumExpGradientOptions,
  LogSumExpOptions,
  ValuesAndGradient,
} from "./head/energy.js";
export type { Gradient, GradientOutput } from "./head/gradients.js";
export type { HeadJson, JsonNumber, JsonOptions } from "./head/json.js";
export type { FileBytes, FileOptions } from "./head/limits.js";
export type { OutputOptions } from "./head/logits.js";
export type { LossAndGradient, LossOptions } from "./head/loss.js";
export type { FixedClassifierOptions, HeadSettings } from "./head/options.js";
export type { ProbabilityOptions } from "./head/probabilities.js";
export type { ReducedLoss, Reduction } from "./head/run-loss.js";
export type { Labels, RowOptions } from "./head/targets.js";
export type { TopK, TopKOptions, TopKOutput } from "./head/top-k.js";
export type { LossName } from "./losses/index.js";
export type { Ordering } from "./orderings.js";
export { type Rotation, type RotationOptions, type RotationPlanOptions, rotation } from "./rotation.js";
export type { DenseTable, HadamardTable, HeadTable, RotationTable } from "./table.js";
