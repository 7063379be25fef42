import type { Parameter, Variable } from "../training/parameter.js";

/** What turns inputs into the features that a head classifies. */
export interface Trunk {
  /** Numbers of a row that it gives. */
  readonly features: number;
  readonly parameters: readonly Parameter[];
  /** Its running statistics, empty where it has none. */
  readonly variables: readonly Variable[];
  /** Features of a batch, as many rows as it was made for, each `inputs` numbers; valid until the next call. */
  forward(inputs: Float32Array): Promise<Float32Array>;
  /** Sets the gradients of all parameters from the one of the features of the last `forward`. */
  backward(gradient: Float32Array): Promise<void>;
  /** Features of any number of rows, by the running statistics and without noise; a new array. */
  evaluate(inputs: Float32Array): Promise<Float32Array>;
  release(): Promise<void>;
}
