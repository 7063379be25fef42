import type { HeadTable } from "../backends/backend.js";

export interface Coherence {
  /** Largest |cosine| between the vectors of two classes. */
  readonly absolute: number;
  /** Largest cosine between the vectors of two classes: what makes them hard to tell apart. */
  readonly signed: number;
}

/** How classes get their ±1 vectors: immutable, the same for the same settings on every machine. */
export interface ClassCode {
  readonly name: string;
  /** Order M of the Hadamard matrix. */
  readonly order: number;
  /** Number of sign-masked copies of that matrix in use. */
  readonly blocks: number;
  /** Computed when read. */
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
  readonly allowDuplicates: boolean;
}

/** Builds a code, or throws a RangeError that names the limit met. */
export type CodeFactory = (settings: CodeSettings) => ClassCode;

export const nextPowerOfTwo = (n: number): number => 2 ** Math.ceil(Math.log2(n));
