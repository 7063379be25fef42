/** Kerdock and Gold codes, in exact arithmetic. */

import { describe, expect, test } from "@jest/globals";
import { type MaskFamily, maskFamily } from "../../lib/codes/kerdock.js";
import { createField, primePower, trace } from "../../lib/hadamard/galois.js";
import { maskSign, multiply } from "../support/definitions.js";

/** The first signs of masks, computed by another program. */
const FIXTURES = [
  [4, 1, "+--+-+-+++------"],
  [4, 2, "+---+-+++----+--"],
  [6, 1, "++++++------++--++--------++----+-+-+--++-+--++-+--+-+-++--++-+-"],
  [6, 2, "+++---+-+----+--+-+++-----+----++++-++-++---+-++-+--+---++-+---+"],
  [8, 1, "+-+-+-+--+-+-+-++-+-+-+-+-+-+-+-+-+--+-+-+-++-+-+-+--+-++-+--+-+"],
  [8, 2, "++++----++++++++++----++++--++---+-++-+--+-+-+-+-++-+--+-++--++-"],
  [10, 1, "++++++++++++----++--++--++----++++++++++++++------++--++--++++--"],
  [10, 2, "++++++--+-+-+--+++++++---+-+-++-++++--++-+-++--+++++--+++-+--++-"],
  [5, 1, "+--+-+-+-+-++--+-++--+-++-+-+--+"],
  [7, 1, "+-+-+-+-+--+-++-+-+-+-+-+--+-++-+--++--+-+-++-+-+--++--+-+-++-+-"],
  [9, 1, "+-+-+--+-++--+-++--+-+-++-+--++--+-++--++--+-+-+-++--+-+-+-+-++-"],
  [11, 1, "+-+-+-+--+-+-+-++--++--++--++--++--+-++-+--+-++-+-+--+-+-+-++-+-"],
] as const;

const signsOf = (family: MaskFamily, a: number): Int32Array => {
  const bits = family.mask(a);
  return Int32Array.from({ length: family.length }, (_, c) =>
    ((bits[c >> 5] as number) >>> (c & 31)) & 1 ? -1 : 1,
  );
};

const familyOf = (m: number): MaskFamily => maskFamily(2 ** m) as MaskFamily;

/** H·x, in place. */
function hadamard(x: Int32Array): Int32Array {
  for (let h = 1; h < x.length; h *= 2) {
    for (let i = 0; i < x.length; i++) {
      if (i & h) continue;
      const [a, b] = [x[i] as number, x[i + h] as number];
      x[i] = a + b;
      x[i + h] = a - b;
    }
  }
  return x;
}

test.each(FIXTURES)("m = %d, mask %d is that of another program", (m, a, signs) => {
  const got = signsOf(familyOf(m), a).slice(0, signs.length);
  expect([...got].map((v) => (v < 0 ? "-" : "+")).join("")).toBe(signs);
});

test.each([3, 4, 5, 6, 7, 8])("m = %d is what the formula says", (m) => {
  const family = familyOf(m);
  for (const a of [0, 1, 2, 3, 5, family.count - 1]) {
    const expected = Int32Array.from({ length: 2 ** m }, (_, c) => maskSign(m, a, c));
    expect(signsOf(family, a)).toEqual(expected);
  }
});

describe("inner products of all rows behind all masks", () => {
  test.each([
    [4, 8, [4]],
    [6, 32, [8]],
    [8, 128, [16]],
    [5, 32, [0, 8]],
    [7, 128, [0, 16]],
    [9, 512, [0, 32]],
  ] as const)("m = %d: %d masks, products ±%j and no other", (m, count, products) => {
    const family = familyOf(m);
    expect(family.count).toBe(count);
    const masks = Array.from({ length: count }, (_, a) => signsOf(family, a));
    const seen = new Set<number>();
    for (let a = 0; a < count; a++) {
      for (let b = 0; b < a; b++) {
        const [x, y] = [masks[a] as Int32Array, masks[b] as Int32Array];
        for (const v of hadamard(x.map((v, i) => v * (y[i] as number)))) seen.add(v < 0 ? -v : v);
      }
    }
    expect([...seen].sort((a, b) => a - b)).toEqual(products);
  });
});

test("there are no families below m = 3", () => {
  expect([1, 2, 4].map(maskFamily)).toEqual([null, null, null]);
  expect(maskFamily(8)?.count).toBe(8);
  expect(signsOf(familyOf(14), 0).every((v) => v === 1)).toBe(true);
});

describe("fields", () => {
  test.each([
    [2, 3],
    [2, 5],
    [3, 2],
    [3, 3],
    [5, 2],
    [7, 1],
    [23, 1],
  ])("GF(%d^%d) multiplies polynomials", (p, k) => {
    const field = createField(p, k);
    for (let a = 0; a < field.order; a++) {
      for (let b = 0; b < field.order; b++) expect(field.multiply(a, b)).toBe(multiply(p, k, a, b));
    }
    expect(new Set(field.power).size).toBe(field.order - 1);
  });

  test("a trace is a bit, and half of all elements have each", () => {
    const field = createField(2, 6);
    const ones = Array.from({ length: 64 }, (_, a) => trace(field, a));
    expect(ones.every((v) => v === 0 || v === 1)).toBe(true);
    expect(ones.reduce((a, b) => a + b)).toBe(32);
  });

  test("prime powers are told from other numbers", () => {
    const powers = [2, 3, 4, 5, 7, 8, 9, 11, 13, 16, 17, 19, 23, 25, 27, 29, 31, 32, 37];
    expect(Array.from({ length: 38 }, (_, q) => q).filter((q) => primePower(q))).toEqual(powers);
    expect(primePower(243)).toEqual({ p: 3, k: 5 });
    expect(() => createField(6, 1)).toThrow(RangeError);
  });
});
