import { describe, expect, test } from "@jest/globals";
import { fwht } from "../../lib/index.js";
import { onEachBackend } from "../support/backends.js";
import { expectSameBits, largestError } from "../support/bits.js";
import { doubles, floats, integers } from "../support/random.js";
import { denseFwht, entry, recursiveFwht } from "../support/reference.js";

const LENGTHS = Array.from({ length: 13 }, (_, m) => 2 ** m);

/** Integers small enough that every sum is exact in float32, and their transform by definition. */
const cases = LENGTHS.map((n) => {
  const x = integers(n, n, 2 ** 10);
  return { n, x, y: denseFwht(x) };
});

/** The bound of docs/numerics.md: log2 n · 2⁻²⁴ · ‖x‖₂. */
function bound(x: Float64Array): number {
  let sum = 0;
  for (const v of x) sum += v * v;
  return Math.max(Math.log2(x.length), 0) * 2 ** -24 * Math.sqrt(sum);
}

const roundedCases = [2, 4, 64, 1024, 2 ** 14, 2 ** 17, 2 ** 20].map((n) => {
  const x = floats(n, n);
  const exact = new Float64Array(x);
  return { x, y: recursiveFwht(exact), bound: bound(exact) };
});

test("the recursive reference agrees with the definition", () => {
  for (const { x, y } of cases) expectSameBits(recursiveFwht(new Float64Array(x)), y);
});

onEachBackend((backend) => {
  test("n = 1 … 4096 is the definition, exactly, for the three types", () => {
    for (const { n, x, y } of cases) {
      expectSameBits(fwht(new Float32Array(x), { backend }), new Float32Array(y), `float32 ${n}`);
      expectSameBits(fwht(new Float64Array(x), { backend }), y, `float64 ${n}`);
      expectSameBits(fwht(x.slice(), { backend }), new Int32Array(y), `int32 ${n}`);
    }
  });

  test("float32 is within the stated error of float64 up to 2^20", () => {
    for (const { x, y, bound } of roundedCases) {
      expect(largestError(fwht(x.slice(), { backend }), y)).toBeLessThanOrEqual(bound);
    }
  });

  test("float64 is within the same error with its own precision", () => {
    for (const n of [2, 64, 1024, 2 ** 14, 2 ** 17]) {
      const x = doubles(n, n);
      const error = largestError(fwht(x.slice(), { backend }), recursiveFwht(x));
      expect(error).toBeLessThanOrEqual(bound(x) * 2 ** -28);
    }
  });

  test("int32 wraps modulo 2^32", () => {
    for (const n of [2, 16, 256, 4096, 2 ** 16]) {
      const x = integers(n, n);
      // Sums below 2^53 are exact, and an Int32Array takes them modulo 2^32.
      const y = new Int32Array(recursiveFwht(new Float64Array(x)));
      expectSameBits(fwht(x, { backend }), y, `int32 ${n}`);
    }
  });

  test.each([2 ** 13, 2 ** 16, 2 ** 18, 2 ** 20])("H(Hx) = n·x and H(a + b) = Ha + Hb at n = %d", (n) => {
    for (const Type of [Float32Array, Float64Array, Int32Array]) {
      const a = new Type(integers(n, 1, 4));
      const b = new Type(integers(n, 2, 4));
      const sum = a.slice();
      for (let i = 0; i < n; i++) sum[i] = (sum[i] as number) + (b[i] as number);
      const ha = fwht(a.slice(), { backend });
      const hb = fwht(b, { backend });
      for (let i = 0; i < n; i++) hb[i] = (hb[i] as number) + (ha[i] as number);
      expectSameBits(fwht(sum, { backend }), hb, `${Type.name}, linearity`);
      for (let i = 0; i < n; i++) a[i] = (a[i] as number) * n || 0;
      expectSameBits(fwht(ha, { backend }), a, `${Type.name}, H(Hx)`);
    }
  });

  test.each([2 ** 10, 2 ** 15, 2 ** 20])("a delta becomes a row of H at n = %d", (n) => {
    for (const j of [0, 1, n / 2 + 5, n - 1]) {
      for (const Type of [Float32Array, Float64Array, Int32Array]) {
        const x = new Type(n);
        x[j] = 1;
        fwht(x, { backend });
        for (let i = 0; i < n; i++) if (x[i] !== entry(i, j)) throw new Error(`H[${i}][${j}] is ${x[i]}`);
      }
    }
  });

  test("n = 2^24, the longest", () => {
    const n = 2 ** 24;
    const x = new Int32Array(n);
    const j = 0xa5c3f1;
    x[j] = 1;
    x[0] = 5;
    fwht(x, { backend });
    for (let i = 0; i < n; i++) if (x[i] !== 5 + entry(i, j)) throw new Error(`result[${i}] is ${x[i]}`);
  });

  describe("rows", () => {
    test("every row of a batch is transformed by itself", () => {
      for (const [rowLength, rows] of [
        [1, 7],
        [2, 5],
        [4, 33],
        [8, 3],
        [64, 9],
        [512, 3],
        [2048, 2],
      ] as const) {
        const x = integers(rows * rowLength, 3, 2 ** 10);
        const y = new Float64Array(x.length);
        for (let at = 0; at < x.length; at += rowLength) y.set(denseFwht(x.subarray(at, at + rowLength)), at);
        for (const Type of [Float32Array, Float64Array, Int32Array]) {
          const batch = fwht(new Type(x), { rowLength, backend });
          expectSameBits(batch, new Type(y), `${Type.name}, ${rows} rows of ${rowLength}`);
        }
      }
    });

    test("returns the array it was given", () => {
      const x = Float32Array.of(1, 2, 3, 4);
      expect(fwht(x, { backend })).toBe(x);
      expect([...x]).toEqual([10, -2, -4, 0]);
    });
  });
});
