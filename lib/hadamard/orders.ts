import type { KroneckerFactor } from "./factor.js";
import { paley, paleyType } from "./paley.js";
import { hasWilliamson, williamson } from "./williamson.js";

/**
 * The orders n = b · 2^m of Hadamard matrices in use: b = 1, or the order of a matrix B of Paley or of Williamson; the smallest b
 * that fits. The matrix of order n is B ⊗ Sylvester(2^m).
 */
export interface Order {
  readonly order: number;
  /** b */
  readonly factorOrder: number;
  /** 2^m */
  readonly length: number;
}

/**
 * The stage of B costs b/4 additions an element. With this limit the next known order is at most 5 % above any n ≥ 64, mostly much
 * nearer. Another limit would change the vectors of code "hadamard".
 */
export const MAX_FACTOR_ORDER = 256;
export const MAX_ORDER = 2 ** 24;

/** How n is made up; null if it is no known order. */
export function knownOrder(n: number): Order | null {
  if (!Number.isInteger(n) || n < 1 || n > MAX_ORDER) return null;
  const power = n & -n;
  const odd = n / power;
  if (odd === 1) return { order: n, factorOrder: 1, length: n };
  for (let b = 4 * odd; b <= MAX_FACTOR_ORDER && b <= n; b *= 2) {
    if (n % b === 0 && (paleyType(b) || hasWilliamson(b))) return { order: n, factorOrder: b, length: n / b };
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

const factors = new Map<number, KroneckerFactor>();

/** B of an order; null for a power of two. */
export function factorOf({ factorOrder }: Order): KroneckerFactor | null {
  if (factorOrder === 1) return null;
  let factor = factors.get(factorOrder);
  if (factor === undefined) {
    factor = hasWilliamson(factorOrder) ? williamson(factorOrder) : paley(factorOrder);
    factors.set(factorOrder, factor);
  }
  return factor;
}
