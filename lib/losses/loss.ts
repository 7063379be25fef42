/** What a loss is to the rest of the package. */

/** What a loss may know of its head. */
export interface LossHead {
  readonly classes: number;
  /** The scale as it is now. */
  readonly scale: number;
}

/** A loss of which backends have a kernel: `lossAndGradient` of their heads. */
export interface FusedLoss {
  readonly kernel: "crossEntropy";
  readonly labelSmoothing: number;
}

/** A loss as a function of one row: turns the logits z into ∂L/∂z, and returns L. */
export type RowLoss = (z: Float32Array, label: number) => number;

/** An entry of the registry: all that the package has to know of a loss. */
export interface Loss {
  /** Names of its own options, which `lossAndGradient` takes beside `loss`. */
  readonly options: readonly string[];
  /**
   * The loss for certain options.
   *
   * @throws TypeError or RangeError for an option of the wrong type or out of range
   */
  prepare(options: Readonly<Record<string, unknown>>, head: LossHead): FusedLoss | RowLoss;
}
