/** What an experiment reads, whatever file it came from. */

/** Rows of numbers, as they lie in memory or in a file: a row becomes float32 when it is asked for. */
export interface Inputs {
  readonly rows: number;
  /** Of one row: `[384]` for features, `[channels, height, width]` for images. */
  readonly shape: readonly number[];
  /** Bytes that the rows take in memory; 0 where they stay in their file. */
  readonly bytes: number;
  /** Writes the given rows one after the other into `out`, from its start. Images are from 0 to 1. */
  gather(rows: ArrayLike<number>, out: Float32Array): void;
}

/** Some rows with the classes they belong to, one number from 0 a row. */
export interface Part {
  readonly inputs: Inputs;
  readonly labels: Int32Array;
}

export interface Dataset {
  readonly name: string;
  /** The names of the classes, in the order of their numbers; the same for all parts. */
  readonly classes: readonly string[];
  readonly train: Part;
  /** What choices are made by: epochs, learning rates, temperatures. */
  readonly validation: Part;
  /** Looked at once, at the end. */
  readonly test: Part;
  /** Of contents, labels and splits: a checkpoint of another data set is refused by it. */
  readonly hash: string;
  /** What the reader should know: rows left out, constant columns, classes in one part only. One sentence each. */
  readonly notes: readonly string[];
}

/** Numbers of one row. */
export const sizeOf = ({ shape }: Inputs): number => shape.reduce((product, size) => product * size, 1);
