/**
 * What class codes make and kernels read: the tables that describe the class vectors of a head, and that of a rotation. Codes and
 * backends know this file and nothing of each other.
 */

import { bitWords } from "./hadamard/bits.js";
import type { KroneckerFactor } from "./hadamard/factor.js";

/** Class vectors that are rows of sign-masked Hadamard matrices. */
export interface HadamardTable {
  /** Tells the kinds of tables apart. */
  readonly kind: "hadamard";
  /** Width N of a row of features. */
  readonly features: number;
  /** Number C of classes. */
  readonly classes: number;
  /** Order M = b · 2^m of the Hadamard matrix B ⊗ Sylvester(2^m), M ≥ N. */
  readonly order: number;
  /** B; null for b = 1. */
  readonly factor: KroneckerFactor | null;
  /** The column of the matrix in which each feature stands, all different; null: feature i in column i. */
  readonly columns: Int32Array | null;
  /** What the entries ±1 of the class vectors are multiplied by. */
  readonly unit: number;
  /** Sign masks, ⌈order / 32⌉ words a block (`maskWords`); bit i set: feature i is negated. A block is M rows. */
  readonly masks: Uint32Array;
  /**
   * Which rows make which vectors, five numbers (`SEGMENT_FIELDS`) a segment: block, first row, sign (±1), first place, number of
   * places. Sorted by place, without gaps, C places in all; the segments of a block stand next to each other.
   */
  readonly segments: Int32Array;
  /**
   * The place of each class, all different: any assignment of classes to rows without a segment for each. Null: class c at place c,
   * which is all that the kernels themselves know; backends/places.ts does the rest for every backend.
   */
  readonly places: Int32Array | null;
}

/** Class vectors that are kept as a matrix. */
export interface DenseTable {
  /** Tells the kinds of tables apart. */
  readonly kind: "dense";
  /** Width N of a row of features. */
  readonly features: number;
  /** Number C of classes. */
  readonly classes: number;
  /** Class vectors, classes × features. Those of a table that is not normalised are learned: they change between calls. */
  readonly weights: Float32Array;
  /** Whether rows are divided by their norm and multiplied by the scale. */
  readonly normalised: boolean;
}

/**
 * Class vectors that are short signed rows of a Sylvester matrix, one behind the other; with several stages a sum of as many such vectors,
 * each with a magnitude.
 */
export interface ProductTable {
  /** Tells the kinds of tables apart. */
  readonly kind: "product";
  /** Width N of a row of features. */
  readonly features: number;
  /** Number C of classes. */
  readonly classes: number;
  /** Width d of a sub-vector, the order of the matrix: 2, 4, 8, 16 or 32, at most N. */
  readonly width: number;
  /** What the entries ±1 of the class vectors are multiplied by. */
  readonly unit: number;
  /** How many vectors the one of a class is the sum of: 1 … 4. */
  readonly stages: number;
  /** What each of them is multiplied by, classes × stages; null, and only where there is one stage: 1. */
  readonly magnitudes: Float32Array | null;
  /** Whether rows are divided by their norm. */
  readonly normalised: boolean;
  /** The rows of all classes, as lib/hadamard/signed-rows.ts packs them, in whole groups of classes. */
  readonly packed: Uint32Array;
  /**
   * What turns features before they meet the class vectors; null: nothing, which is all that the kernels themselves know.
   * backends/rotated.ts does the rest for every backend.
   */
  readonly rotation: RotationTable | null;
}

/** The class vectors of a head. A new kind is an interface here, and its kernels in `backends/js`, which do for every backend that has none. */
export type HeadTable = HadamardTable | DenseTable | ProductTable;

/** A random rotation made of sign masks and Hadamard matrices: docs/numerics.md. */
export interface RotationTable {
  /** Of a row; any. */
  readonly length: number;
  /** Order of the Hadamard matrix: the length, or the largest power of two below it. */
  readonly order: number;
  /** B where the order is no power of two, and then the order is the length; otherwise null. */
  readonly factor: KroneckerFactor | null;
  /** How often signs and transforms follow each other. */
  readonly rounds: number;
  /**
   * Sign masks of ⌈order / 32⌉ words, `masksOfRound` a round: one for the row where its length is the order, otherwise one for each half of it
   * and one for its last `order` elements. Bit i set: element i of that is negated.
   */
  readonly masks: Uint32Array;
}

/** How many masks a round has. */
export const masksOfRound = ({ length, order }: Pick<RotationTable, "length" | "order">): number =>
  length === order ? 1 : 3;

/** Whether the rows of a head are divided by their norm. */
export const isNormalised = (table: HeadTable): boolean => table.kind === "hadamard" || table.normalised;

/** Whether the class vectors are learned themselves: such a head has no scale. */
export const isLearned = (table: HeadTable): boolean => table.kind === "dense" && !table.normalised;

/** What the entries of the class vectors are multiplied by. */
export const unitOf = (table: HeadTable): number => (table.kind === "dense" ? 1 : table.unit);

export const SEGMENT_FIELDS = 5;

/** Classes of a product table that are one segment: their logits stay in the first cache. */
export const PRODUCT_SEGMENT = 1024;

/** Number of 32-bit words that hold a sign mask for so many elements. */
export const maskWords = bitWords;
