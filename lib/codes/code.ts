import { type HeadTable, maskWords } from "../backends/backend.js";
import { baseOf, type Order } from "./orders.js";

export interface Coherence {
  /**
   * Largest |cosine| between the vectors of two classes that are not exactly opposite; 0 if there are no such two. A class and its
   * opposite are as far apart as can be, and no vector between other classes comes near.
   */
  readonly absolute: number;
  /** Largest cosine between the vectors of two classes: what makes them hard to tell apart. −1 for a single class. */
  readonly signed: number;
}

/** How classes get their vectors: immutable (but for those of `learned`), the same for the same settings on every machine. */
export interface ClassCode {
  readonly name: string;
  /** Order M of the Hadamard matrix; 0 for a dense code. */
  readonly order: number;
  /** Number of sign-masked copies of that matrix in use; 0 for a dense code. */
  readonly blocks: number;
  /** Computed when read: in moments, but minutes where a great many masks are random. */
  readonly coherence: Coherence;
  readonly table: HeadTable;
  /** Where the scale starts, if the user gives none. */
  readonly initialScale: number;
  /** Where the bias starts. */
  initialBias(seed: number): Float32Array;
}

export interface CodeSettings {
  readonly features: number;
  readonly classes: number;
  readonly seed: number;
  readonly allowDuplicates: boolean;
}

/** Builds a code, or throws a RangeError that names the limit met. */
export type CodeFactory = (settings: CodeSettings) => ClassCode;

export const nextPowerOfTwo = (n: number): number => 2 ** Math.ceil(Math.log2(n));

/** With this scale a row that fits its class vector exactly has 99 % of the probability, if the others are orthogonal. */
export const scaleOf99Percent = (classes: number): number => Math.log(99 * Math.max(classes - 1, 1));

/** The table of rows of a Hadamard matrix; what is not given is the plainest there is. */
export function hadamardTable(
  matrix: Order,
  given: Pick<HeadTable, "features" | "classes" | "segments"> & Partial<HeadTable>,
): HeadTable {
  const { order, base } = matrix;
  return {
    order,
    base,
    baseSigns: baseOf(matrix)?.signs ?? new Uint32Array(0),
    columns: null,
    weights: null,
    normalised: true,
    unit: 1 / Math.sqrt(given.features),
    masks: new Uint32Array(maskWords(order)),
    ...given,
  };
}

/** Appends runs of rows to segments until all classes have one. */
export class SegmentList {
  readonly #segments: number[] = [];
  readonly #classes: number;
  #first = 0;

  constructor(classes: number) {
    this.#classes = classes;
  }

  get full(): boolean {
    return this.#first === this.#classes;
  }

  add(block: number, row: number, sign: 1 | -1, rows: number): void {
    const count = Math.min(rows, this.#classes - this.#first);
    if (count === 0) return;
    this.#segments.push(block, row, sign, this.#first, count);
    this.#first += count;
  }

  toTable(): Int32Array {
    return Int32Array.from(this.#segments);
  }
}
