import type { bitWords } from "./bits.js";

/**
 * The Kronecker factor B of a Hadamard matrix B ⊗ Sylvester(2^m): symmetric, its first row and column +1, its order b a multiple of 4.
 */
export interface KroneckerFactor {
  readonly order: number;
  /** Rows of {@link bitWords}(order) words each; bit j set: the entry in column j is −1. */
  readonly signs: Uint32Array;
}
