import type { Trunk } from "../../trunks/trunk.js";
import type { Source } from "../source.js";

/** What vectors of classes are made of before anything is learned. */
export interface Ground {
  readonly source: Source;
  readonly trunk: Trunk;
  readonly seed: number;
}

/** A place where the matrix of a head starts: what the registry has one of a file of. */
export interface Start {
  readonly name: string;
  /** Whether it is of a text, or of rows with classes. */
  readonly text: boolean;
  /** Classes × features, each class at length 1; all 0 where nothing is known of one. */
  vectors(ground: Ground): Promise<Float32Array>;
}
