/**
 * Signed rows ±h_ρ of the Sylvester matrix of order d, packed: how a product code keeps its class vectors, of which each is ⌈N / d⌉ such rows
 * one behind the other. docs/file-format.md has the layout.
 */

/** Classes that stand side by side, a word each, so that a kernel takes a word of all of them at once. */
export const GROUP = 16;

/** The sizes of packed rows. */
export interface SignedRows {
  /** Order d of the matrix: 2, 4, 8, 16 or 32. */
  readonly width: number;
  /** Rows a class: the sub-vectors of N features, of which the last may be shorter. */
  readonly count: number;
  /** Rows from here on begin in the last sub-vector as a lower one does. */
  readonly lastWidth: number;
  /** Bits of a row and its sign, which is the highest of them. */
  readonly bits: number;
  /** Rows in a word of 32 bits, the first in the lowest bits. */
  readonly perWord: number;
  /** Vectors of so many rows a class. */
  readonly stages: number;
  /** Words of one of them. */
  readonly words: number;
}

export function signedRows(features: number, width: number, stages: number): SignedRows {
  const count = Math.ceil(features / width);
  const bits = width <= 8 ? 4 : 8;
  const perWord = 32 / bits;
  const lastWidth = 2 ** Math.ceil(Math.log2(features - (count - 1) * width));
  return { width, count, lastWidth, bits, perWord, stages, words: Math.ceil(count / perWord) };
}

/** Words a class: those of its stages, one behind the other. */
export const wordsOf = ({ stages, words }: SignedRows): number => stages * words;

/** Number of words that hold so many classes, in whole groups. */
export const packedLength = (shape: SignedRows, classes: number): number =>
  Math.ceil(classes / GROUP) * GROUP * wordsOf(shape);

/** Where word w of a class is. */
export const wordAt = (shape: SignedRows, c: number, w: number): number =>
  (Math.floor(c / GROUP) * wordsOf(shape) + w) * GROUP + (c % GROUP);

/** The bits that word w of a stage may have. */
export function wordMask({ width, count, bits, perWord }: SignedRows, w: number): number {
  const field = (2 ** (bits - 1)) | (width - 1);
  let mask = 0;
  for (let f = 0; f < perWord && w * perWord + f < count; f++) mask |= field << (f * bits);
  return mask >>> 0;
}

/** Rows as numbers: ρ, or ρ + d for −h_ρ; stages × `count` a class. */
export function unpackRows(shape: SignedRows, packed: Uint32Array, classes: number): Uint8Array {
  const { width, count, bits, perWord, stages, words } = shape;
  const rows = new Uint8Array(classes * stages * count);
  for (let c = 0, i = 0; c < classes; c++) {
    for (let stage = 0; stage < stages; stage++) {
      for (let j = 0; j < count; j++) {
        const word = packed[wordAt(shape, c, stage * words + Math.floor(j / perWord))] as number;
        const field = word >>> ((j % perWord) * bits);
        rows[i++] = (field & (width - 1)) + ((field >>> (bits - 1)) & 1) * width;
      }
    }
  }
  return rows;
}

/** Puts the rows of class c into its words. */
export function packClass(shape: SignedRows, rows: ArrayLike<number>, c: number, packed: Uint32Array): void {
  const { width, count, bits, perWord, stages, words } = shape;
  for (let stage = 0, i = c * stages * count; stage < stages; stage++) {
    for (let j = 0; j < count; j++) {
      const row = rows[i++] as number;
      const field = (row & (width - 1)) | (row >= width ? 2 ** (bits - 1) : 0);
      const at = wordAt(shape, c, stage * words + Math.floor(j / perWord));
      packed[at] = (packed[at] as number) | (field << ((j % perWord) * bits));
    }
  }
}
