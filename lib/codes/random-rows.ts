/** Random vectors of a product code. */

import { packedLength, type SignedRows, wordAt, wordMask, wordsOf } from "../hadamard/signed-rows.js";
import { randomStream } from "../random.js";

/** How many different vectors there are; with several stages at least, as their magnitudes may be 0. */
export const vectorsOf = ({ width, count, lastWidth }: SignedRows): number =>
  (2 * width) ** (count - 1) * 2 * lastWidth;

/** Where there are no more vectors, two drawn at random may be the same. */
const FEW = 2 ** 48;

/**
 * Packed rows of so many classes: the first `known` ones as given, the others drawn at random, a stream of the seed a class, so that a class
 * keeps its vector when classes are added. Drawn again is what another class has, where that is likely at all.
 */
export function randomRows(
  rows: SignedRows,
  seed: number,
  given: Uint32Array | null,
  known: number,
  classes: number,
): Uint32Array {
  const packed = new Uint32Array(packedLength(rows, classes));
  if (given !== null) packed.set(given.subarray(0, packed.length));
  const masks = drawnMasks(rows);
  const key = (c: number): string => masks.map((_, w) => packed[wordAt(rows, c, w)]).join();
  const taken = vectorsOf(rows) <= FEW ? new Set<string>() : null;
  for (let c = 0; taken !== null && c < Math.min(known, classes); c++) taken.add(key(c));
  for (let c = known; c < classes; c++) {
    const next = randomStream(seed, c);
    do {
      for (let w = 0; w < wordsOf(rows); w++) packed[wordAt(rows, c, w)] = next() & (masks[w] as number);
    } while (taken?.has(key(c)));
    taken?.add(key(c));
  }
  return packed;
}

/** Of the last sub-vector only rows that differ in it. */
function drawnMasks(rows: SignedRows): number[] {
  const last = (rows.count - 1) % rows.perWord;
  const unused = (rows.width - rows.lastWidth) << (last * rows.bits);
  return Array.from({ length: wordsOf(rows) }, (_, i) => {
    const w = i % rows.words;
    return w === rows.words - 1 ? wordMask(rows, w) & ~unused : wordMask(rows, w);
  });
}
