import type { Layout } from "../data/index.js";
import type { InputView } from "../methods/mapper/file.js";
import type { Others } from "../methods/prepare.js";

/** Inputs and labels of some rows, in arrays that the next ones may be written over. */
export interface Batch {
  readonly inputs: Float32Array;
  readonly labels: Int32Array;
}

/** Where the rows of a run come from, in an order that the seed and the epoch alone decide. */
export interface Source {
  readonly name: string;
  readonly hash: string;
  readonly classes: readonly string[];
  /** How other files are read as these were; null for text, which its vocabulary is enough for. */
  readonly layout: Layout | null;
  /** Of the inputs of a row; none for text. */
  readonly shape: readonly number[];
  /** Of text, the words of a column that a step reads; null for all else. */
  readonly steps: number | null;
  /** Rows of a step; for text its columns. */
  readonly batch: number;
  readonly stepsAnEpoch: number;
  /** Where biases start, a class; null: at 0. */
  readonly bias: Float32Array | null;
  /** Of a text, what is trained on, as numbers of words; null for all else. */
  readonly words: Int32Array | null;
  at(epoch: number, step: number): Batch;
  /** All rows of a part, in order. */
  training(): Iterable<Batch>;
  validation(): Iterable<Batch>;
  test(): Iterable<Batch>;
  /** What is looked at instead of the inputs that files hold; kept with a model. */
  readonly view?: InputView | null;
  /** Rows that are of no class, where methods have a use for them. */
  readonly others?: Others;
  /** How many these are. */
  readonly rows: { readonly train: number; readonly validation: number; readonly test: number };
}
