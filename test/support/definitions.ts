/**
 * The class vectors of the codes straight from their definitions: fields as lists of coefficients, matrices entry by entry. Shares
 * nothing with lib/.
 */

import { readFileSync } from "node:fs";
import { entry, row } from "./reference.js";

// Looking up a global is slow in Jest's sandbox.
const { floor, log2 } = Math;

type Polynomial = readonly number[];

/** Primitive polynomials, coefficients from the constant up: the smallest as a number in base p. */
const MODULI: Record<string, Polynomial> = {
  "2^3": [1, 1, 0, 1],
  "2^5": [1, 0, 1, 0, 0, 1],
  "2^7": [1, 1, 0, 0, 0, 0, 0, 1],
  "2^9": [1, 0, 0, 0, 1, 0, 0, 0, 0, 1],
  "2^11": [1, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 1],
  "3^2": [2, 1, 1],
  "3^3": [1, 2, 0, 1],
  "5^2": [2, 1, 1],
};

/** Multiplication in GF(p^k); elements are numbers whose digits in base p are the coefficients. */
export function multiply(p: number, k: number, a: number, b: number): number {
  if (k === 1) return (a * b) % p;
  const modulus = MODULI[`${p}^${k}`] as Polynomial;
  const digits = (v: number): number[] => Array.from({ length: k }, (_, i) => floor(v / p ** i) % p);
  const product = new Array<number>(2 * k - 1).fill(0);
  digits(a).forEach((x, i) => {
    digits(b).forEach((y, j) => {
      product[i + j] = ((product[i + j] as number) + x * y) % p;
    });
  });
  for (let i = 2 * k - 2; i >= k; i--) {
    const lead = product[i] as number;
    for (let j = 0; j <= k; j++) {
      const at = i - k + j;
      product[at] = ((product[at] as number) + (p - lead) * (modulus[j] as number)) % p;
    }
  }
  return product.slice(0, k).reduce((sum, digit, i) => sum + digit * p ** i, 0);
}

function add(p: number, a: number, b: number, sign: 1 | -1 = 1): number {
  let sum = 0;
  for (let unit = 1; unit <= a || unit <= b; unit *= p) {
    sum += (((floor(a / unit) % p) + sign * (floor(b / unit) % p) + p) % p) * unit;
  }
  return sum;
}

/** p and k of every q that the tests use. */
const power = (q: number): [number, number] =>
  q === 9 ? [3, 2] : q === 27 ? [3, 3] : q === 25 ? [5, 2] : [q, 1];

/** Paley's matrix of order b, symmetric, first row and column +1. */
export function paleyMatrix(b: number, type: 1 | 2): number[][] {
  const q = type === 1 ? b - 1 : b / 2 - 1;
  const [p, k] = power(q);
  const squares = new Set(Array.from({ length: q - 1 }, (_, i) => multiply(p, k, i + 1, i + 1)));
  const character = (a: number): number => (a === 0 ? 0 : squares.has(a) ? 1 : -1);
  const square = (n: number, of: (i: number, j: number) => number): number[][] =>
    Array.from({ length: n }, (_, i) => Array.from({ length: n }, (_, j) => of(i, j)));
  if (type === 1) {
    return square(b, (i, j) => (i === 0 || j === 0 ? 1 : character(add(p, i - 1, j - 1)) || -1));
  }
  const conference = square(q + 1, (i, j) => {
    if (i === 0 || j === 0) return i === j ? 0 : 1;
    return character(add(p, i - 1, j - 1, -1));
  });
  const raw = square(b, (i, j) => {
    const c = (conference[i >> 1] as number[])[j >> 1] as number;
    const d = i >> 1 === j >> 1 ? 1 : 0;
    return [c + d, c - d, c - d, -c - d][2 * (i & 1) + (j & 1)] as number;
  });
  const first = raw[0] as number[];
  return raw.map((line, i) => line.map((v, j) => (first[i] as number) * v * (first[j] as number)));
}

/** Williamson's matrix of order b as docs/codes.md has it. */
function williamsonMatrix(b: number): number[][] {
  const n = b / 4;
  const page = readFileSync(new URL("../../docs/codes.md", import.meta.url), "utf8");
  const [, texts = ""] = new RegExp(`^ +${b}: ([-+ ]+)$`, "m").exec(page) ?? [];
  const [A, B, C, D] = texts.split(" ").map((text) => {
    const half = [...text].map((sign) => (sign === "+" ? 1 : -1));
    const row = [...half, ...half.slice(1).reverse()];
    return row.map((_, i) => row.map((_, j) => row[(j + n - i) % n] as number));
  }) as [number[][], number[][], number[][], number[][]];
  const minus = (matrix: number[][]): number[][] => matrix.map((line) => line.map((v) => -v));
  const blocks = [
    [A, B, C, D],
    [minus(B), A, minus(D), C],
    [minus(C), D, A, minus(B)],
    [minus(D), minus(C), B, A],
  ];
  const raw = blocks.flatMap((line) => A.map((_, i) => line.flatMap((block) => block[i] as number[])));
  const first = raw[0] as number[];
  const columns = raw.map((line) => line.map((v, j) => v * (first[j] as number)));
  return columns.map((line) => line.map((v) => v * (line[0] as number)));
}

const trace = (m: number, a: number): number => {
  let sum = 0;
  let term = a;
  for (let i = 0; i < m; i++) {
    sum ^= term;
    term = multiply(2, m, term, term);
  }
  return sum;
};

/** Sign of mask a in column c of 2^m. */
export function maskSign(m: number, a: number, c: number): number {
  if (m % 2 === 1) {
    const cube = multiply(2, m, c, multiply(2, m, c, c));
    return trace(m, multiply(2, m, a, cube)) ? -1 : 1;
  }
  const r = m - 1;
  const y = multiply(2, r, a, c % 2 ** r);
  let f = c >= 2 ** r ? trace(r, y) : 0;
  let conjugate = y;
  for (let i = 1; i <= (r - 1) / 2; i++) {
    conjugate = multiply(2, r, conjugate, conjugate);
    f ^= trace(r, multiply(2, r, y, conjugate));
  }
  return f ? -1 : 1;
}

export const powerAbove = (n: number): number => {
  let m = 1;
  while (m < n) m *= 2;
  return m;
};

/** B and L of the orders that the tests use; the others are powers of two. */
const BASES: Record<number, [number, 1 | 2 | "williamson"]> = {
  12: [12, 1],
  20: [20, 1],
  24: [12, 1],
  28: [28, 1],
  36: [36, 2],
  40: [20, 1],
  44: [44, 1],
  48: [12, 1],
  52: [52, 2],
  60: [60, 1],
  92: [92, "williamson"],
  96: [12, 1],
  116: [116, "williamson"],
  156: [156, "williamson"],
  172: [172, "williamson"],
  184: [92, "williamson"],
  192: [12, 1],
  384: [12, 1],
};

/** Entry i, j of the Hadamard matrix of that order. */
export function matrixOf(order: number): (i: number, j: number) => number {
  const [b, type] = BASES[order] ?? [1, 1];
  if (b === 1) return entry;
  const base = type === "williamson" ? williamsonMatrix(b) : paleyMatrix(b, type);
  const length = order / b;
  return (i, j) =>
    ((base[floor(i / length)] as number[])[floor(j / length)] as number) * entry(i % length, j % length);
}

/** Classes of `hadamard`, as long as masks are no random ones. `order` is the smallest known one. */
export function hadamardVectors(features: number, classes: number, order: number): Int8Array[] {
  const matrix = matrixOf(order);
  const b = BASES[order]?.[0] ?? 1;
  const m = log2(order / b);
  const masks = Array.from({ length: Math.ceil(classes / (2 * order)) }, (_, block) =>
    Int8Array.from({ length: order }, (_, i) => (block === 0 ? 1 : maskSign(m, block, i % 2 ** m))),
  );
  return Array.from({ length: classes }, (_, c) => {
    const block = floor(c / (2 * order));
    const within = c % (2 * order);
    let [index, sign] = [within % order, within < order ? 1 : -1];
    if (block === 0) {
      if (within < 2 * order - 2) [index, sign] = [1 + (within % (order - 1)), within < order - 1 ? 1 : -1];
      else [index, sign] = [0, within === 2 * order - 2 ? 1 : -1];
    }
    return Int8Array.from({ length: features }, (_, i) => {
      const mask = (masks[block] as Int8Array)[i] as number;
      return sign * mask * matrix(index, i);
    });
  });
}

export const sylvesterVectors = (features: number, classes: number): Int8Array[] =>
  Array.from({ length: classes }, (_, c) => row(c, features));

export const simplexVectors = (features: number, classes: number): Int8Array[] => {
  const matrix = matrixOf(features + 1);
  return Array.from({ length: classes }, (_, c) =>
    Int8Array.from({ length: features }, (_, i) => matrix(c, i + 1)),
  );
};

export const orthoplexVectors = (features: number, classes: number): Int8Array[] => {
  const matrix = matrixOf(features);
  return Array.from({ length: classes }, (_, c) =>
    Int8Array.from({ length: features }, (_, i) => (c < features ? 1 : -1) * matrix(c % features, i)),
  );
};

export const cubeVectors = (features: number, classes: number): Int8Array[] =>
  Array.from({ length: classes }, (_, c) =>
    Int8Array.from({ length: features }, (_, i) => (floor(c / 2 ** i) % 2 ? -1 : 1)),
  );
