import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  firstBadBias,
  firstNotFinite,
  float16Bits,
  float16Bytes,
  float32Bytes,
  toFloat32,
  transposed,
} from "../../src/tensors/index.js";

const bytesOf = (...bytes: number[]): Uint8Array => Uint8Array.from(bytes);

describe("float16", () => {
  test("known bit patterns", () => {
    const known = [
      [0x3c00, 1],
      [0xc000, -2],
      [0x7bff, 65504],
      [0x0001, 2 ** -24],
      [0x03ff, 1023 * 2 ** -24],
      [0x0400, 2 ** -14],
      [0x8000, -0],
      [0x7c00, Infinity],
      [0xfc00, -Infinity],
      [0x3555, 0.333251953125],
    ] as const;
    for (const [bits, value] of known) {
      expect(toFloat32(bytesOf(bits & 255, bits >> 8), "float16")[0]).toBe(value);
      expect(float16Bits(value)).toBe(bits);
    }
    expect(toFloat32(bytesOf(0x01, 0x7e), "float16")[0]).toBeNaN();
    expect(float16Bits(Number.NaN) & 0x7c00).toBe(0x7c00);
  });

  test("every number goes there and back", () => {
    const bits = Uint16Array.from({ length: 65536 }, (_, i) => i);
    const values = toFloat32(new Uint8Array(bits.buffer), "float16");
    const lost = bits.filter((i) => !Number.isNaN(values[i]) && float16Bits(values[i]) !== i);
    expect([...lost]).toEqual([]);
  });

  test("the nearest of its neighbours, of two the even one", () => {
    const all = toFloat32(
      new Uint8Array(Uint16Array.from({ length: 0x7c00 }, (_, bits) => bits).buffer),
      "float16",
    );
    fc.assert(
      fc.property(fc.float({ min: 0, max: 65504, noNaN: true }), (value) => {
        const bits = float16Bits(value);
        const error = Math.abs(all[bits] - value);
        for (const other of [bits - 1, bits + 1]) {
          if (other < 0 || other >= all.length) continue;
          const theirs = Math.abs(all[other] - value);
          expect(theirs).toBeGreaterThanOrEqual(error);
          if (theirs === error) expect(bits % 2).toBe(0);
        }
      }),
      { numRuns: 2000 },
    );
    for (let bits = 0; bits < 0x7bff; bits += 7) {
      expect(float16Bits((all[bits] + all[bits + 1]) / 2)).toBe(bits + (bits % 2));
    }
    expect(float16Bits(65519)).toBe(0x7bff);
    expect(float16Bits(65520)).toBe(0x7c00);
  });

  test("an array of them", () => {
    const values = [1, -0.5, 65504];
    expect([...toFloat32(float16Bytes(values), "float16")]).toEqual(values);
  });
});

test("bfloat16 is the upper half of a float32", () => {
  expect([...toFloat32(bytesOf(0x80, 0x3f, 0x49, 0xc0, 0x80, 0x7f), "bfloat16")]).toEqual([
    1,
    -3.140625,
    Infinity,
  ]);
});

test("float32 and float64 at odd offsets", () => {
  const numbers = [1.5, -2.25, 1e-40];
  const file = new Uint8Array(64);
  file.set(float32Bytes(numbers), 3);
  expect(toFloat32(file.subarray(3, 15), "float32")).toEqual(Float32Array.from(numbers));
  const doubles = new Uint8Array(Float64Array.from([1 / 3, 1e300]).buffer);
  file.set(doubles, 5);
  expect(toFloat32(file.subarray(5, 21), "float64")).toEqual(Float32Array.from([1 / 3, Infinity]));
});

test("bytes that are no whole numbers are refused", () => {
  expect(() => toFloat32(new Uint8Array(6), "float32")).toThrow(
    "6 bytes are no whole float32 numbers of 4 bytes",
  );
});

test("transposing and looking for what is not finite", () => {
  expect([...transposed(Float32Array.of(1, 2, 3, 4, 5, 6), 2, 3)]).toEqual([1, 4, 2, 5, 3, 6]);
  expect(firstNotFinite([1, 2, Number.NaN])).toBe(2);
  expect(firstNotFinite([1, -Infinity])).toBe(1);
  expect(firstNotFinite([0, 3e38])).toBe(-1);
});

test("a bias is finite, or −∞ for a class that is masked, which not all are", () => {
  const masked = Number.NEGATIVE_INFINITY;
  expect(firstBadBias([1, masked, -2])).toBe(-1);
  expect(firstBadBias([1, masked, Number.NaN])).toBe(2);
  expect(firstBadBias([1, -masked])).toBe(1);
  expect(firstBadBias([masked, masked])).toBe(0);
  expect(firstBadBias([])).toBe(-1);
});
