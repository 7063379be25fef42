import { bitAt, bitWords, setBit } from "./bits.js";

/**
 * The Kronecker factor B of a Hadamard matrix B ⊗ Sylvester(2^m): its first row and column +1, its order b a multiple of 4.
 */
export interface KroneckerFactor {
  readonly order: number;
  /** Rows of {@link bitWords}(order) words each; bit j set: the entry in column j is −1. */
  readonly signs: Uint32Array;
  /** Bᵀ, whose own is B; B itself where it is symmetric. */
  readonly transposed: KroneckerFactor;
}

/** The entry ±1 in row i and column j. */
export type Entry = (i: number, j: number) => number;

export function createFactor(order: number, entry: Entry): KroneckerFactor {
  const words = bitWords(order);
  const signs = signsOf(order, entry);
  const turned = signsOf(order, (i, j) => (bitAt(signs, j * words, i) === 1 ? -1 : 1));
  const isSymmetric = turned.every((word, i) => word === signs[i]);
  const factor: KroneckerFactor = {
    order,
    signs,
    get transposed() {
      return isSymmetric ? factor : other;
    },
  };
  const other: KroneckerFactor = {
    order,
    signs: turned,
    get transposed() {
      return factor;
    },
  };
  return factor;
}

function signsOf(order: number, entry: Entry): Uint32Array {
  const words = bitWords(order);
  const signs = new Uint32Array(order * words);
  for (let i = 0; i < order; i++) {
    for (let j = 0; j < order; j++) {
      if (entry(i, j) < 0) setBit(signs, i * words, j);
    }
  }
  return signs;
}

/** Rows and columns multiplied by the signs with which the first of each becomes +1; the first entry must be +1. */
export function normalised(order: number, entry: Entry): Entry {
  const row = Int8Array.from({ length: order }, (_, j) => entry(0, j));
  const column = Int8Array.from({ length: order }, (_, i) => entry(i, 0));
  return (i, j) => (column[i] as number) * entry(i, j) * (row[j] as number);
}
