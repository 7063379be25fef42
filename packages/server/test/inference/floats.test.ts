import { expect, test } from "vitest";
import { BYTES_A_FLOAT, writeFloats } from "../../src/inference/floats.js";

const pattern = new Uint32Array(1);
const single = new Float32Array(pattern.buffer);
const ofBits = (bits: number) => {
  pattern[0] = bits;
  return single[0];
};

function written(...values: number[]): string {
  const target = Buffer.alloc(BYTES_A_FLOAT * values.length);
  return target.toString("latin1", 0, writeFloats(target, 0, Float32Array.from(values)));
}

/** Digits of a decimal, without zeros around them. */
const digitsOf = (text: string) => text.replace(/e.*|[-.]/g, "").replace(/^0+|0+$/g, "").length;

function shortest(value: number): number {
  for (let digits = 1; digits < 9; digits++) {
    const text = value.toPrecision(digits);
    // In the middle between two float32 a reader must round to even to find this one: not relied on.
    const mirrored = 2 * Number(text) - value;
    const isMiddle = mirrored !== value && Math.fround(mirrored) === mirrored;
    if (Math.fround(Number(text)) === value && !isMiddle) return digitsOf(text);
  }
  return 9;
}

test("looks as one writes numbers", () => {
  expect(written(0, -0, 1, -1, 0.1, 100, 12.5, 1234567, 16777216)).toBe(
    "0.0,-0.0,1.0,-1.0,0.1,100.0,12.5,1234567.0,16777216.0",
  );
  expect(written(0.00001, 0.000001, -1.5e-7, 3.4028234663852886e38, 1e10, 9999999, 1e9)).toBe(
    "0.00001,1e-6,-1.5e-7,3.4028235e38,1e10,9999999.0,1000000000.0",
  );
  expect(written(2 ** -149, 2 ** -126, 1.17549421e-38, 2 ** 100)).toBe(
    "1e-45,1.1754944e-38,1.1754942e-38,1.2676506e30",
  );
});

test("what JSON has no numbers for are strings that numpy and Number read", () => {
  const text = written(Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY);
  expect(JSON.parse(`[${text}]`).map(Number)).toEqual([
    Number.NaN,
    Number.POSITIVE_INFINITY,
    Number.NEGATIVE_INFINITY,
  ]);
});

test("reads back as the same float32, in as few digits as there can be", () => {
  const values: number[] = [];
  for (let exponent = 0; exponent < 255; exponent++) {
    for (const mantissa of [0, 1, 2, 0x400000, 0x7ffffe, 0x7fffff])
      values.push(exponent * 2 ** 23 + mantissa);
  }
  // A multiplicative walk over all patterns, the same each time.
  for (let i = 0, bits = 1; i < 200_000; i++) {
    bits = Math.imul(bits, 1664525) + 1013904223;
    values.push(bits >>> 0);
  }
  for (const bits of values) {
    const value = ofBits(bits);
    if (!Number.isFinite(value)) continue;
    const text = written(value);
    if (Math.fround(JSON.parse(text)) !== value || digitsOf(text) > shortest(Math.abs(value))) {
      expect.fail(`${value} (${bits.toString(16)}) became ${text}`);
    }
  }
});
