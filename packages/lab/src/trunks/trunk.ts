import type { Random } from "../random.js";
import type { Parameter, Variable } from "../training/parameter.js";

/** What turns inputs into the features that a head classifies. */
export interface Trunk {
  /** Numbers of a row that it gives. */
  readonly features: number;
  readonly parameters: readonly Parameter[];
  /** Its running statistics, and the state that a recurrent one goes on from; empty where it has none. */
  readonly variables: readonly Variable[];
  /**
   * Features of a batch, as many rows as it was made for; valid until the next call. `noise` is what dropout draws from. For text the
   * inputs are numbers of words, steps × columns.
   */
  forward(inputs: Float32Array, noise: Random): Promise<Float32Array>;
  /** Sets the gradients of all parameters from the one of the features of the last `forward`. */
  backward(gradient: Float32Array): Promise<void>;
  /** The gradient by the inputs of the last `backward`, where the trunk was made with `inputGradients`; valid until the next. */
  readonly inputGradient?: Float32Array;
  /** Where it holds its parameters to a condition: called after each step of the optimiser. */
  afterStep?(): void;
  /** Features of any number of rows, by the running statistics and without noise; a new array. */
  evaluate(inputs: Float32Array): Promise<Float32Array>;
  /** Of a recurrent one: forgets what was read, before an epoch and before an evaluation, whose states are two. */
  restart?(of: "training" | "evaluation"): void;
  release(): Promise<void>;
}
