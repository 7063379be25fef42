import { bitAt, bitWords } from "../hadamard/bits.js";
import type { KroneckerFactor } from "../hadamard/factor.js";
import { factorOf, type Order } from "../hadamard/orders.js";
import { randomStream } from "../random.js";
import { maskWords } from "../table.js";
import { type MaskFamily, maskFamily } from "./kerdock.js";

/** From this width on random vectors do not collide: below C² / 2^(N + 2) ≤ 2^−18 for all codes there are. */
const COLLISION_FREE = 64;
/** Columns by which vectors are told apart, as bits of a number that has them exactly. */
const KEY_COLUMNS = 54;
/** With so few columns masks that differ may leave the same vectors. */
const TOO_NARROW = 6;

/** The masks with a bound on their coherence; null if there are none for this order. */
function familyOf({ length }: Order, features: number): MaskFamily | null {
  return features > TOO_NARROW ? maskFamily(length) : null;
}

/** Blocks whose masks are a Kerdock or a Gold code. */
export const structuredBlocks = (matrix: Order, features: number): number => {
  const { length } = matrix;
  if (features <= TOO_NARROW || length < 8) return 1;
  return Math.log2(length) % 2 === 0 ? length / 2 : length;
};

/**
 * The masks of blocks 0, 1, …: that of block k depends on the width, on k and, where the family has run out, on the seed. No two
 * blocks share a vector.
 */
export function blockMasks(matrix: Order, features: number, blocks: number, seed: number): Uint32Array {
  const words = maskWords(matrix.order);
  const masks = new Uint32Array(blocks * words);
  // The first has none, and few heads have more than one.
  if (blocks > 1) fillMasks(masks, matrix, features, blocks, seed);
  return masks;
}

function fillMasks(masks: Uint32Array, matrix: Order, features: number, blocks: number, seed: number): void {
  const words = maskWords(matrix.order);
  const structured = Math.min(blocks, structuredBlocks(matrix, features));
  const family = structured > 1 ? familyOf(matrix, features) : null;
  for (let k = 1; k < structured; k++)
    repeat((family as MaskFamily).mask(k), matrix.length, masks, k * words, words);
  const taken = structured < blocks && features < COLLISION_FREE ? new VectorSet(matrix, features) : null;
  for (let k = 0; taken && k < structured; k++) taken.tryAdd(masks.subarray(k * words, (k + 1) * words));
  for (let k = structured; k < blocks; k++) {
    const next = randomStream(seed, k);
    const mask = masks.subarray(k * words, (k + 1) * words);
    do {
      for (let w = 0; w < words; w++) mask[w] = next();
    } while (taken?.tryAdd(mask) === false);
  }
}

/** Writes a pattern of so many bits again and again. */
function repeat(pattern: Uint32Array, bits: number, out: Uint32Array, start: number, words: number): void {
  let word = pattern[0] as number;
  for (let have = bits; have < 32; have *= 2) word |= word << have;
  for (let w = 0; w < words; w++) {
    out[start + w] = bits < 32 ? word : (pattern[w % pattern.length] as number);
  }
}

/** The vectors of masked blocks, up to sign. */
class VectorSet {
  readonly #vectors = new Set<number>();
  readonly #rows: readonly [number, number][];
  readonly #low: number;
  readonly #high: number;

  constructor(matrix: Order, features: number) {
    const columns = Math.min(features, KEY_COLUMNS);
    this.#low = columns >= 32 ? 0xffffffff : 2 ** columns - 1;
    this.#high = columns > 32 ? 2 ** (columns - 32) - 1 : 0;
    this.#rows = Array.from({ length: matrix.order }, (_, r) => [
      hadamardRowWord(matrix, r, 0, this.#low),
      hadamardRowWord(matrix, r, 32, this.#high),
    ]);
  }

  /** Adds the vectors of a block, unless one is there already. */
  tryAdd(mask: Uint32Array): boolean {
    const keys = this.#rows.map(([low, high]) => {
      let a = (low ^ (mask[0] as number)) & this.#low;
      let b = (high ^ (mask[1] ?? 0)) & this.#high;
      if (a & 1) {
        a = ~a & this.#low;
        b = ~b & this.#high;
      }
      return ((b >>> 0) * 2 ** 32 + (a >>> 0)) / 2;
    });
    if (keys.some((key) => this.#vectors.has(key))) return false;
    for (const key of keys) this.#vectors.add(key);
    return true;
  }
}

/** Signs of a row of the matrix in 32 columns from `first` on, those of `wanted`. */
function hadamardRowWord(matrix: Order, row: number, first: number, wanted: number): number {
  const { length } = matrix;
  const factor = factorOf(matrix);
  let bits = 0;
  for (let i = 0; i < 32; i++) {
    if (((wanted >>> i) & 1) === 0) continue;
    const column = first + i;
    bits |=
      (parity((row % length) & (column % length)) ^
        factorBit(factor, Math.floor(row / length), Math.floor(column / length))) <<
      i;
  }
  return bits;
}

function parity(v: number): number {
  let bits = v;
  let odd = 0;
  for (; bits !== 0; bits &= bits - 1) odd ^= 1;
  return odd;
}

function factorBit(factor: KroneckerFactor | null, i: number, j: number): number {
  return factor === null ? 0 : bitAt(factor.signs, i * bitWords(factor.order), j);
}
