import { bitWords } from "../hadamard/bits.js";
import { createField, type Field, trace } from "../hadamard/galois.js";

/**
 * Sign masks of length L = 2^m for which the rows of H, behind different masks, have small inner products: those of the Kerdock
 * code for even m ≥ 4 (√L: the least there is), those of the Gold code for odd m ≥ 3 (√(2L)). Mask 0 has no sign.
 */
export interface MaskFamily {
  readonly length: number;
  /** Number of masks, with mask 0. */
  readonly count: number;
  /** Mask a as bits, bit c set: −1 in column c; one word where L < 32. */
  mask(a: number): Uint32Array;
}

/** The family for L = 2^m; null where there is none. */
export function maskFamily(length: number): MaskFamily | null {
  const m = Math.log2(length);
  if (m < 3) return null;
  return m % 2 === 0 ? kerdock(m) : gold(m);
}

/**
 * f_a(x, t) = Σ_{i=1}^{(r−1)/2} Tr((ax)^(1+2^i)) + t·Tr(ax) with r = m − 1, x ∈ GF(2^r), in column t·2^r + x: the quadratic forms of
 * MacWilliams and Sloane, *The Theory of Error-Correcting Codes*, chapter 15 §5. The difference of two is a form of full rank.
 */
function kerdock(m: number): MaskFamily {
  const r = m - 1;
  const field = createField(2, r);
  const size = field.order;
  const linear = Uint8Array.from({ length: size }, (_, y) => trace(field, y));
  const quadratic = Uint8Array.from({ length: size }, (_, y) => {
    let sum = 0;
    let conjugate = y;
    for (let i = 1; i <= (r - 1) / 2; i++) {
      conjugate = field.multiply(conjugate, conjugate);
      sum ^= linear[field.multiply(y, conjugate)] as number;
    }
    return sum;
  });
  return {
    length: 2 * size,
    count: size,
    mask(a) {
      const bits = words(2 * size);
      for (let x = 0; x < size; x++) {
        const y = field.multiply(a, x);
        orBit(bits, x, quadratic[y] as number);
        orBit(bits, size + x, (quadratic[y] as number) ^ (linear[y] as number));
      }
      return bits;
    },
  };
}

/**
 * f_a(x) = Tr(a·x³), x ∈ GF(2^m): Gold, *Optimal binary sequences for spread spectrum multiplexing*, IEEE Trans. Inf. Theory 13
 * (1967). Linear in a, so a mask is the sum of those of the bits of a.
 */
function gold(m: number): MaskFamily {
  const field = createField(2, m);
  const basis = Array.from({ length: m }, (_, i) => goldMask(field, 1 << i));
  return {
    length: field.order,
    count: field.order,
    mask(a) {
      const bits = words(field.order);
      basis.forEach((part, i) => {
        if ((a >> i) & 1)
          for (let w = 0; w < bits.length; w++) bits[w] = (bits[w] as number) ^ (part[w] as number);
      });
      return bits;
    },
  };
}

function goldMask(field: Field, a: number): Uint32Array {
  const bits = words(field.order);
  for (let x = 0; x < field.order; x++) {
    const cube = field.multiply(x, field.multiply(x, x));
    orBit(bits, x, trace(field, field.multiply(a, cube)));
  }
  return bits;
}

const words = (length: number): Uint32Array => new Uint32Array(bitWords(length));

function orBit(bits: Uint32Array, i: number, bit: number): void {
  bits[i >> 5] = (bits[i >> 5] as number) | (bit << (i & 31));
}
