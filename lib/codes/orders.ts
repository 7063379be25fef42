import type { Base } from "../backends/backend.js";
import { paley, paleyType } from "./paley.js";

/**
 * The orders n = b · 2^m of Hadamard matrices in use: b = 1, or the order of a Paley matrix; the smallest b that fits. The matrix of
 * order n is B ⊗ Sylvester(2^m).
 */
export interface Order {
  readonly order: number;
  /** b */
  readonly base: number;
  /** 2^m */
  readonly length: number;
}

/**
 * The stage of B costs b/4 additions an element. With this limit the next known order is at most 8 % above any n ≥ 64, mostly much
 * nearer. Another limit would change the vectors of code "hadamard".
 */
export const MAX_BASE = 256;
export const MAX_ORDER = 2 ** 24;

/** How n is made up; null if it is no known order. */
export function knownOrder(n: number): Order | null {
  if (!Number.isInteger(n) || n < 1 || n > MAX_ORDER) return null;
  const power = n & -n;
  const odd = n / power;
  if (odd === 1) return { order: n, base: 1, length: n };
  for (let base = 4 * odd; base <= MAX_BASE && base <= n; base *= 2) {
    if (n % base === 0 && paleyType(base)) return { order: n, base, length: n / base };
  }
  return null;
}

/** The smallest known order ≥ n, for n ≤ {@link MAX_ORDER}. */
export function orderAbove(n: number): Order {
  for (let order = Math.max(1, Math.ceil(n)); order <= MAX_ORDER; order++) {
    const known = knownOrder(order);
    if (known) return known;
  }
  throw new RangeError(`no Hadamard matrix has an order from ${n} to ${MAX_ORDER}`);
}

/** The largest known order ≤ n, for n ≥ 1. */
export function orderBelow(n: number): Order {
  let order = Math.min(Math.floor(n), MAX_ORDER);
  while (knownOrder(order) === null) order--;
  return knownOrder(order) as Order;
}

const bases = new Map<number, Base>();

/** B of an order; undefined for a power of two. */
export function baseOf({ base }: Order): Base | undefined {
  if (base === 1) return undefined;
  let matrix = bases.get(base);
  if (matrix === undefined) {
    matrix = paley(base);
    bases.set(base, matrix);
  }
  return matrix;
}
