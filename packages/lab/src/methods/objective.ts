import type { Variable } from "../training/parameter.js";

/** What a step is taken from. */
export interface Batch {
  readonly inputs: Float32Array;
  readonly labels: Int32Array;
  /** From 0, both. */
  readonly epoch: number;
  readonly step: number;
}

/** What training minimises, where that is not the head's loss alone. */
export interface Objective {
  /** Sets the gradients of all parameters. Throws Diverged where it cannot go on. */
  step(batch: Batch): Promise<{ loss: number; correct: number }>;
  /** What a checkpoint has to keep beside the parameters: written back into these arrays, it goes on bit for bit. */
  readonly variables: readonly Variable[];
}

/** The run has left what numbers can hold: it goes back to its last good checkpoint, or is marked failed. */
export class Diverged extends Error {
  override readonly name = "Diverged";
}
