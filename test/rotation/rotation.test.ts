import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { rotation } from "../../lib/index.js";
import { rotationTable } from "../../lib/rotation-table.js";
import { onEachBackend } from "../support/backends.js";
import { expectSameBits, largestError } from "../support/bits.js";
import { floats } from "../support/random.js";
import { rotated, roundings } from "./reference.js";

const EPSILON = 2 ** -24;
const LENGTHS = [...Array.from({ length: 70 }, (_, i) => i + 1), 92, 100];

const norm = (x: ArrayLike<number>): number => {
  let sum = 0;
  for (let i = 0; i < x.length; i++) sum += (x[i] as number) ** 2;
  return Math.sqrt(sum);
};

const dot = (a: ArrayLike<number>, b: ArrayLike<number>): number => {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i] as number) * (b[i] as number);
  return sum;
};

/** The rotated unit vectors, one a row. */
function rotatedIdentity(length: number, rounds: number): Float32Array[] {
  const x = new Float32Array(length * length);
  for (let i = 0; i < length; i++) x[i * length + i] = 1;
  rotation({ length, seed: length, rounds }).apply(x);
  return Array.from({ length }, (_, i) => x.subarray(i * length, (i + 1) * length));
}

describe("the matrix", () => {
  test.each([1, 2])("is orthonormal for every length up to 70, and 92 and 100; %i rounds", (rounds) => {
    for (const length of LENGTHS) {
      const bound = 2 * roundings(rotationTable(length, 0, rounds)) * EPSILON;
      const rows = rotatedIdentity(length, rounds);
      rows.forEach((a, i) => {
        rows.slice(i).forEach((b, k) => {
          const error = Math.abs(dot(a, b) - (k === 0 ? 1 : 0));
          if (!(error <= bound)) throw new Error(`length ${length}, rows ${i} and ${i + k}: ${error}`);
        });
      });
    }
  });

  test.each([1000, 768])("is orthonormal for %i", (length) => {
    const bound = 2 * roundings(rotationTable(length, 0, 1)) * EPSILON;
    const rows = rotatedIdentity(length, 1);
    for (let i = 0; i < length; i++) {
      for (const j of [i, (i + 1) % length, (7 * i + 3) % length, (i + length / 2) % length]) {
        const [a, b] = [rows[i] as Float32Array, rows[j] as Float32Array];
        expect(Math.abs(dot(a, b) - (i === j ? 1 : 0))).toBeLessThanOrEqual(bound);
      }
    }
  });

  test("is that of docs/numerics.md", () => {
    for (const length of [...LENGTHS, 127, 129, 192, 333, 768, 1000, 1024]) {
      for (const [seed, rounds] of [
        [0, 1],
        [7, 2],
        [2 ** 32 - 1, 4],
      ] as const) {
        if (length > 500 && rounds > 1) continue;
        const x = floats(length, length + seed);
        const table = rotationTable(length, seed, rounds);
        const exact = rotated(table, x);
        const error = norm(
          rotation({ length, seed, rounds })
            .apply(x)
            .map((v, i) => v - (exact[i] as number)),
        );
        expect(error).toBeLessThanOrEqual(roundings(table) * EPSILON * norm(exact));
      }
    }
  });

  test("a seed is one rotation, another seed another", () => {
    for (const length of [16, 100, 768]) {
      const x = floats(length, 1);
      const of = (seed: number, rounds = 1): Float32Array =>
        rotation({ length, seed, rounds }).apply(x.slice());
      expectSameBits(of(5), of(5));
      expectSameBits(of(0), rotation({ length }).apply(x.slice()));
      for (const other of [of(6), of(5 + 2 ** 31), of(5, 2)]) {
        expect(largestError(of(5), other)).toBeGreaterThan(0.1);
      }
    }
  });

  test("half of the signs are negative, and no bit of the seed is lost", () => {
    const { masks } = rotationTable(2 ** 16, 3, 1);
    let set = 0;
    for (const word of masks) for (let i = 0; i < 32; i++) set += (word >>> i) & 1;
    expect(Math.abs(set / 2 ** 16 - 0.5)).toBeLessThan(0.01);
    const first = new Set(Array.from({ length: 32 }, (_, bit) => rotationTable(32, 2 ** bit, 1).masks[0]));
    expect(first.size).toBe(32);
  });
});

describe("what it is for", () => {
  const flatness = (y: Float32Array): { largest: number; kurtosis: number } => {
    const n = y.length;
    let [second, fourth, largest] = [0, 0, 0];
    for (const v of y) {
      second += v ** 2 / n;
      fourth += v ** 4 / n;
      largest = Math.max(largest, Math.abs(v));
    }
    return { largest: largest / Math.sqrt(second), kurtosis: fourth / second ** 2 };
  };
  const spike = (n: number, at: number): Float32Array =>
    new Float32Array(n).map((_, i) => (i === at ? 1 : 0));
  const constant = (n: number): Float32Array => new Float32Array(n).fill(1);

  test("one coordinate becomes ±1/√n where n is an order", () => {
    for (const n of [4, 64, 768, 1024]) {
      const y = rotation({ length: n, seed: 2 }).apply(spike(n, n - 1));
      for (const v of y) expect(Math.abs(v)).toBeCloseTo(1 / Math.sqrt(n), 6);
    }
  });

  test.each([1023, 1000, 1280, 1500, 1535])("%i: nothing stays large", (n) => {
    for (let seed = 0; seed < 20; seed++) {
      const one = rotation({ length: n, seed });
      for (const at of [0, 1, Math.floor(n / 2), n - 1]) {
        expect(flatness(one.apply(spike(n, at))).largest).toBeLessThan(6);
      }
      expect(flatness(one.apply(constant(n))).largest).toBeLessThan(6);
    }
  });

  test.each([1024, 1000, 768, 1500])("%i: after two rounds any row is like normal noise", (n) => {
    for (let seed = 0; seed < 10; seed++) {
      const two = rotation({ length: n, seed, rounds: 2 });
      for (const x of [spike(n, 0), spike(n, n - 1), constant(n), floats(n, seed)]) {
        const { largest, kurtosis } = flatness(two.apply(x));
        expect(largest).toBeLessThan(6);
        expect(Math.abs(kurtosis - 3)).toBeLessThan(1);
      }
    }
  });
});

onEachBackend((backend) => {
  const shape = fc.record({
    length: fc.oneof(fc.integer({ min: 1, max: 300 }), fc.integer({ min: 1, max: 5000 })),
    rounds: fc.integer({ min: 1, max: 4 }),
    seed: fc.integer({ min: 0, max: 2 ** 32 - 1 }),
    rows: fc.integer({ min: 1, max: 3 }),
  });

  test("any length: the norm is kept, invert undoes apply", () => {
    const property = fc.property(shape, ({ length, rounds, seed, rows }) => {
      const x = floats(rows * length, seed);
      const r = rotation({ length, rounds, seed, backend });
      const y = r.apply(x.slice());
      const back = r.invert(y.slice());
      const bound = roundings(rotationTable(length, seed, rounds)) * EPSILON;
      for (let start = 0; start < x.length; start += length) {
        const of = (array: Float32Array): Float32Array => array.subarray(start, start + length);
        const size = norm(of(x));
        expect(Math.abs(norm(of(y)) - size)).toBeLessThanOrEqual(bound * size);
        expect(norm(of(back).map((v, i) => v - (of(x)[i] as number)))).toBeLessThanOrEqual(2 * bound * size);
      }
    });
    fc.assert(property, { numRuns: 60 });
  });

  test("apply and invert return their array; properties are what was given", () => {
    const r = rotation({ length: 10, seed: 3, rounds: 2, backend });
    const x = floats(30, 1);
    expect(r.apply(x)).toBe(x);
    expect(r.invert(x)).toBe(x);
    expect([r.length, r.seed, r.rounds]).toEqual([10, 3, 2]);
    expect(rotation({ length: 10, backend })).toMatchObject({ seed: 0, rounds: 1 });
    expect(Object.isFrozen(r)).toBe(true);
  });

  test("a batch is its rows", () => {
    for (const length of [1, 5, 64, 100, 768]) {
      const r = rotation({ length, seed: 1, backend });
      const x = floats(7 * length, 2);
      const expected = x.slice();
      for (let i = 0; i < 7; i++) r.apply(expected.subarray(i * length, (i + 1) * length));
      expectSameBits(r.apply(x), expected);
    }
  });

  test("a finite row of any size stays finite, and NaN stays in its row", () => {
    for (const length of [64, 100, 768]) {
      const r = rotation({ length, backend });
      const large = new Float32Array(length).fill(2 ** 127 / Math.sqrt(length));
      expect(r.apply(large).every(Number.isFinite)).toBe(true);
      const x = floats(3 * length, 1);
      const expected = r.apply(x.slice());
      x[length + 3] = Number.NaN;
      r.apply(x);
      expectSameBits(x.subarray(0, length), expected.subarray(0, length));
      expectSameBits(x.subarray(2 * length), expected.subarray(2 * length));
      expect(x.subarray(length, 2 * length).some(Number.isNaN)).toBe(true);
    }
  });
});
