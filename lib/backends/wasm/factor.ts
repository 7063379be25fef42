import { bitWords } from "../../hadamard/bits.js";
import type { KroneckerFactor } from "../../hadamard/factor.js";

/** Columns of B are taken in groups of this many. */
const GROUP = 4;
/** Signed sums of a group; the second half are the first with the other sign. */
const SUMS = 16;
/** What a sum takes in the memory. */
const SUM_BYTES = 16;

const images = new WeakMap<Uint32Array, Int32Array>();

/**
 * B as assembly/factor.ts reads it: the order, then, for each four rows, group of columns and row, in 16 bits at which byte among the signed
 * sums of all groups that is which the row adds. There are no addresses in it: it may stand anywhere.
 */
export function factorImage({ order, signs }: KroneckerFactor): Int32Array {
  let image = images.get(signs);
  if (image === undefined) {
    const groups = order / GROUP;
    image = new Int32Array(1 + (order * groups) / 2);
    image[0] = order;
    const terms = new Uint16Array(image.buffer, image.BYTES_PER_ELEMENT);
    for (let r = 0; r < order; r++) {
      for (let g = 0; g < groups; g++)
        terms[((r & -4) * groups + 4 * g) | (r & 3)] =
          (g * SUMS + sumOf(signs, r * bitWords(order), g)) * SUM_BYTES;
    }
    images.set(signs, image);
  }
  return image;
}

/** s₀ · ((x₀ ± x₁) ± (x₂ ± x₃)): bits 0, 1 and 2 are the signs in this order, bit 3 is s₀. A row's words start at `row`. */
function sumOf(signs: Uint32Array, row: number, group: number): number {
  const k = group * GROUP;
  // A group never straddles two words.
  const bits = (signs[row + (k >> 5)] as number) >>> (k & 31);
  const s = (i: number): number => (bits >>> i) & 1;
  return (s(0) ^ s(1)) | ((s(0) ^ s(2)) << 1) | ((s(2) ^ s(3)) << 2) | (s(0) << 3);
}
