/**
 * The last layer of a classifier without its weights: a fast Walsh-Hadamard transform and the fixed classifier on top of it.
 *
 * @module
 */

export { allocate, type ElementType } from "./allocate.js";
export type { Backend, BackendName, TransformArray } from "./backends/backend.js";
export { type BackendFailure, type BackendOptions, backend, createBackend } from "./backends/select.js";
export {
  FixedClassifier,
  type FixedClassifierOptions,
  type Gradient,
  type GradientOutput,
  type HeadSettings,
  type Labels,
  type LossAndGradient,
  type LossOptions,
  type Reduction,
  type TopK,
} from "./classifier.js";
export type { ClassCode, Coherence } from "./codes/code.js";
export type { CodeName } from "./codes/index.js";
export type { FeatureOptions, Features } from "./features.js";
export { type FwhtOptions, fwht } from "./fwht.js";
export type { Ordering } from "./orderings.js";
