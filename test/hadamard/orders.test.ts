/** Hadamard matrices of all orders, in exact arithmetic. */

import { readFileSync } from "node:fs";
import { describe, expect, test } from "@jest/globals";
import type { Backend } from "../../lib/backends/backend.js";
import { bitWords } from "../../lib/hadamard/bits.js";
import type { KroneckerFactor } from "../../lib/hadamard/factor.js";
import { primePower } from "../../lib/hadamard/galois.js";
import { factorOf, knownOrder, type Order, orderAbove, orderBelow } from "../../lib/hadamard/orders.js";
import { paley, paleyType } from "../../lib/hadamard/paley.js";
import { hasWilliamson, williamson } from "../../lib/hadamard/williamson.js";
import { fwht } from "../../lib/index.js";
import { onEachBackend, reference } from "../support/backends.js";
import { expectSameBits, largestError } from "../support/bits.js";
import { matrixOf, paleyMatrix } from "../support/definitions.js";
import { doubles, integers } from "../support/random.js";

const orders: Order[] = [];
for (let n = 1; n <= 2000; n++) {
  const known = knownOrder(n);
  if (known) orders.push(known);
}
const factorOrders = [...new Set(orders.map(({ factorOrder }) => factorOrder))].filter((b) => b > 1);
const WILLIAMSON = [92, 116, 156, 172];
const factorOfOrder = (b: number): KroneckerFactor => factorOf(knownOrder(b) as Order) as KroneckerFactor;

const sign = ({ order, signs }: KroneckerFactor, i: number, j: number): number =>
  ((signs[i * bitWords(order) + (j >> 5)] as number) >>> (j & 31)) & 1 ? -1 : 1;

function popcount(v: number): number {
  let count = 0;
  for (let rest = v >>> 0; rest !== 0; rest = (rest & (rest - 1)) >>> 0) count++;
  return count;
}

describe("the list", () => {
  test("has the widths of networks, as they are", () => {
    for (const [n, factorOrder] of [
      [1, 1],
      [2, 1],
      [4, 1],
      [12, 12],
      [24, 12],
      [384, 12],
      [576, 36],
      [768, 12],
      [960, 60],
      [1280, 20],
      [1536, 12],
      [1664, 52],
      [1792, 28],
      [1920, 60],
      [2560, 20],
      [92, 92],
      [184, 92],
      [232, 116],
      [344, 172],
      [11_008, 172],
      [65536, 1],
      [2 ** 24, 1],
      [12 * 2 ** 20, 12],
    ] as const) {
      expect(knownOrder(n)).toEqual({ order: n, factorOrder, length: n / factorOrder });
    }
  });

  test("has no others", () => {
    for (const n of [0, -4, 3, 6, 10, 14, 188, 236, 1.5, Number.NaN, 2 ** 25, 300, 668, 2 ** 24 - 4]) {
      expect(knownOrder(n)).toBeNull();
    }
  });

  test("every factor order is the smallest that fits, and a multiple of 4", () => {
    for (const { order, factorOrder, length } of orders) {
      expect(factorOrder * length).toBe(order);
      if (factorOrder === 1) continue;
      expect(factorOrder % 4).toBe(0);
      for (let smaller = 4; smaller < factorOrder; smaller += 4) {
        const exists = paleyType(smaller) || WILLIAMSON.includes(smaller);
        const fits = exists && order % smaller === 0 && Number.isInteger(Math.log2(order / smaller));
        expect(fits).toBeFalsy();
      }
    }
  });

  test("has every multiple of 4 up to 256 but 188 and 236", () => {
    const missing = Array.from({ length: 64 }, (_, i) => 4 * (i + 1)).filter((n) => knownOrder(n) === null);
    expect(missing).toEqual([188, 236]);
  });

  test("the next one is near", () => {
    for (const [n, above, below] of [
      [1, 1, 1],
      [3, 4, 2],
      [5, 8, 4],
      [13, 16, 12],
      [90, 92, 88],
      [188, 192, 184],
      [1000, 1008, 992],
      [2 ** 24 - 1, 2 ** 24, 63 * 2 ** 18],
    ] as const) {
      expect([orderAbove(n).order, orderBelow(n).order]).toEqual([above, below]);
    }
    for (let n = 1; n <= 65536; n += 37) expect(orderAbove(n).order).toBeLessThan(Math.max(n + 4, n * 1.05));
  });
});

describe("factors", () => {
  test.each(factorOrders)("order %d: normalised, its transpose at hand, B·Bᵀ = b·1", (b) => {
    const factor = factorOfOrder(b);
    const { transposed } = factor;
    const words = bitWords(b);
    expect(transposed === factor).toBe(!WILLIAMSON.includes(b));
    expect(transposed.transposed).toBe(factor);
    expect([factor.order, transposed.order]).toEqual([b, b]);
    for (let i = 0; i < b; i++) {
      if (sign(factor, 0, i) !== 1 || sign(factor, i, 0) !== 1) throw new Error(`row or column ${i}`);
      for (let j = 0; j < b; j++) {
        if (sign(factor, i, j) !== sign(transposed, j, i)) throw new Error(`${i}, ${j}`);
        let different = 0;
        for (let w = 0; w < words; w++) {
          different += popcount(
            (factor.signs[i * words + w] as number) ^ (factor.signs[j * words + w] as number),
          );
        }
        if (b - 2 * different !== (i === j ? b : 0))
          throw new Error(`rows ${i} and ${j}: ${different} differ`);
      }
    }
  });

  test.each([
    [12, 1],
    [20, 1],
    [24, 1],
    [28, 1],
    [44, 1],
    [60, 1],
    [36, 2],
    [52, 2],
  ] as const)("order %d is Paley's, entry by entry", (b, type) => {
    expect(paleyType(b)?.type).toBe(type);
    const factor = paley(b);
    const got = Array.from({ length: b }, (_, i) => Array.from({ length: b }, (_, j) => sign(factor, i, j)));
    expect(got).toEqual(paleyMatrix(b, type));
  });

  test("the addon has instructions for some of them, as they are here", () => {
    const source = readFileSync(new URL("../../native/kernels/paley.h", import.meta.url), "utf8");
    const known = [...source.matchAll(/\{(\d+), (\d+), (0x[0-9A-F]+)\}/g)].map(([, ...numbers]) =>
      numbers.map(Number),
    );
    expect(known.map(([b]) => b)).toEqual([12, 20, 28]);
    for (const [b, characteristic, noSquares] of known as [number, number, number][]) {
      // χ(0 + j) in the row behind the row of ones.
      expect((paley(b).signs[1] as number) >>> 1).toBe(noSquares);
      expect(primePower(b - 1)?.p).toBe(characteristic);
    }
  });

  test("orders that Paley does not have are refused", () => {
    for (const b of [2, 3, 92, 116, 14]) expect(() => paley(b)).toThrow(RangeError);
  });

  test.each(WILLIAMSON)("order %d is Williamson's, entry by entry as docs/codes.md has it", (b) => {
    const factor = williamson(b);
    const matrix = matrixOf(b);
    for (let i = 0; i < b; i++) {
      for (let j = 0; j < b; j++) if (sign(factor, i, j) !== matrix(i, j)) throw new Error(`${i}, ${j}`);
    }
  });

  test("orders that Williamson does not have are refused", () => {
    expect(factorOrders.filter(hasWilliamson)).toEqual(WILLIAMSON);
    for (const b of [2, 12, 184, 188]) expect(() => williamson(b)).toThrow(RangeError);
  });
});

/** Hᵀ·H·x = n·x = H·Hᵀ·x for a random row of integers. */
function undoes(order: number, backend: Backend): void {
  const isWilliamson = hasWilliamson((knownOrder(order) as Order).factorOrder);
  for (const transpose of isWilliamson ? [false, true] : [false]) undoesFirst(order, transpose, backend);
}

function undoesFirst(order: number, transpose: boolean, backend: Backend): void {
  const x = integers(order, order, 2 ** 8);
  const y = x.slice();
  fwht(y, { transpose, backend });
  fwht(y, { transpose: !transpose, backend });
  for (let i = 0; i < x.length; i++) {
    if (y[i] !== order * (x[i] as number)) throw new Error(`order ${order}, element ${i}`);
  }
}

test("H·Hᵀ = n·1 for every order up to 2000", () => {
  for (const { order } of orders) undoes(order, reference);
});

onEachBackend((backend) => {
  test("the transposed transform undoes it, exactly", () => {
    for (const { order } of orders) if (order <= 400) undoes(order, backend);
    for (const order of [576, 768, 960, 1280, 1536, 1664, 1792, 1920, 11_008]) undoes(order, backend);
  });

  test("so does the scale inverse, whichever of the two came first, and orthonormal both ways", () => {
    for (const order of [12, ...WILLIAMSON, 184, 344, 11_008]) {
      for (const Type of [Float32Array, Float64Array, Int32Array]) {
        for (const transpose of [false, true]) {
          const x = new Type(integers(2 * order, order, 2 ** 8));
          const options = { rowLength: order, transpose, backend };
          const y = fwht(x.slice(), options);
          expect(y).not.toEqual(x);
          const planned = y.slice();
          fwht.plan(planned, { ...options, scale: "inverse" })();
          expectSameBits(fwht(y, { ...options, scale: "inverse" }), x, `${Type.name} ${order}`);
          expectSameBits(planned, x, `plan of ${Type.name} ${order}`);
        }
      }
      const x = doubles(order, order);
      const y = fwht(x.slice(), { scale: "orthonormal", backend });
      fwht(y, { scale: "orthonormal", transpose: true, backend });
      expect(largestError(y, x)).toBeLessThan(1e-12);
    }
  });

  test("the transpose of a symmetric matrix has the same bits", () => {
    for (const order of [8, 64, 12, 384]) {
      const x = doubles(order, order);
      const once = fwht(x.slice(), { backend });
      expectSameBits(fwht(x.slice(), { transpose: true, backend }), once);
      expectSameBits(
        fwht(x.slice(), { scale: "inverse", transpose: true, backend }),
        fwht(x.slice(), { scale: "inverse", backend }),
      );
    }
  });

  test("its columns are those of B ⊗ Sylvester", () => {
    for (const order of [12, 24, 28, 36, 40, 48, 52, 60, 92, 184, 384]) {
      const matrix = matrixOf(order);
      for (const transpose of [false, true]) {
        const identity = new Int32Array(order * order);
        for (let i = 0; i < order; i++) identity[i * order + i] = 1;
        fwht(identity, { rowLength: order, transpose, backend });
        for (let i = 0; i < order * order; i++) {
          const [row, column] = [i % order, Math.floor(i / order)];
          const expected = transpose ? matrix(column, row) : matrix(row, column);
          if (identity[i] !== expected) throw new Error(`${order}: ${i}`);
        }
      }
    }
  });

  test("inverse undoes it in int32, and rounds down what is no multiple", () => {
    for (const n of [12, 20, 384, 1280]) {
      const x = integers(3 * n, n, 2 ** 12);
      const y = x.slice();
      fwht(y, { rowLength: n, backend });
      fwht(y, { rowLength: n, scale: "inverse", backend });
      expect(y).toEqual(x);
      const one = new Int32Array(n);
      one[0] = -1;
      expect(fwht(one, { scale: "inverse", backend }).every((v) => v === -1)).toBe(true);
    }
  });

  test("a long row with a factor", () => {
    const n = 12 * 2 ** 13;
    const x = integers(n, 5, 2 ** 4);
    const y = x.slice();
    fwht(y, { backend });
    fwht(y, { scale: "inverse", backend });
    expect(y).toEqual(x);
  });
});

test("factorOf keeps its matrices", () => {
  expect(factorOf(orderAbove(768))).toBe(factorOf(orderAbove(384)));
  expect(factorOf(orderAbove(512))).toBeNull();
});
