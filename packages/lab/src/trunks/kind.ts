/** A kind of trunk: what the registry has one of a file of. */
import type { Engine } from "../engine/engine.js";
import type { Trunk } from "./trunk.js";

export const NORMS = ["none", "batch", "frn", "mimic"] as const;
export type Norm = (typeof NORMS)[number];

export interface TrunkOptions {
  readonly engine: Engine;
  /** Of one row: `[384]` or `[channels, height, width]`; of text it is not asked for. */
  readonly inputShape: readonly number[];
  /** Where the specification does not say them: of convolutional networks, 512 by default. */
  readonly features?: number;
  /** Rows of a training step; of text the columns that are read side by side. */
  readonly batch: number;
  /** Rows, of text columns, of an evaluation at once. */
  readonly evaluated: number;
  readonly seed: number;
  /** Each kind has a default of its own. */
  readonly norm?: Norm;
  /** Whether `backward` computes the gradient by the inputs too, which costs what a layer costs. */
  readonly inputGradients?: boolean;
  /** Of text: the number of words, and how many of each column a step reads. */
  readonly vocabulary?: number;
  readonly steps?: number;
}

export interface TrunkKind {
  readonly name: string;
  /** An example of its specification. */
  readonly usage: string;
  readonly about: string;
  /** Those that it can have, its default first. */
  readonly norms: readonly Norm[];
  /** How many numbers its specification has; none where this is left out. */
  readonly sizes?: { readonly least: number; readonly most: number };
  create(sizes: readonly number[], options: TrunkOptions): Promise<Trunk>;
}
