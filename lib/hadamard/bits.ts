/** Bits in arrays of 32-bit words: how signs are kept, a set bit for −1. */

/** Number of words that hold so many bits. */
export const bitWords = (bits: number): number => Math.ceil(bits / 32);

/** Bit i of the words that start at `start`. */
export const bitAt = (words: Uint32Array, start: number, i: number): number =>
  ((words[start + (i >> 5)] as number) >>> (i & 31)) & 1;

export function setBit(words: Uint32Array, start: number, i: number): void {
  words[start + (i >> 5)] = (words[start + (i >> 5)] as number) | (1 << (i & 31));
}
