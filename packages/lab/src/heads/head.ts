import type { FixedClassifier } from "fixed-classifier";
import type { Parameter, Variable } from "../training/parameter.js";

export interface HeadShape {
  readonly features: number;
  readonly classes: number;
  /** Of a training step. */
  readonly rows: number;
  /** Of the training in all, where there is one. */
  readonly trainingSteps?: number | undefined;
}

/** What turns features into logits, and is compared with others of its kind on the same trunk. */
export interface Head {
  readonly parameters: readonly Parameter[];
  /** What else its files have to keep, where there is anything. */
  readonly variables?: readonly Variable[];
  /** Bytes of what has to be kept of it to classify. */
  readonly bytes: number;
  /** Numbers that are learned and kept: a product code's signs count as the bytes say, its matrix is dropped. */
  readonly parameterCount: number;
  /** The mean loss of a batch, rows × features, and its gradient by the features; sets the gradients of the parameters. */
  step(
    features: Float32Array,
    labels: Int32Array,
  ): Promise<{ loss: number; correct: number; gradient: Float32Array }>;
  /**
   * The gradient by the features of Σ gradient · logits, for losses that are not the head's own; sets the gradients of the parameters.
   * Of as many rows as a step has.
   */
  backward(features: Float32Array, gradient: Float32Array): Promise<Float32Array>;
  /** Called after each step of the optimiser, where it has something to do then. */
  afterStep?(): void;
  /** False while it is on the way to the kind of head that it ends as: no epoch before that is the best one. */
  readonly settled?: boolean;
  /** Rows × classes of any number of rows; valid until the next call. */
  logits(features: Float32Array): Promise<Float32Array>;
  /** As it is now; null where it is a matrix. */
  classifier(): FixedClassifier | null;
  /** The scale, where there is one: what the report plots over the epochs. */
  readonly scale: number | null;
  release(): Promise<void>;
}
