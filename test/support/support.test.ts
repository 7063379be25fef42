/** The helpers that all other tests rely on can fail. */

import { expect, test } from "@jest/globals";
import { expectSameBits, firstDifference, largestError } from "./bits.js";
import { guarded } from "./memory.js";

test("bits: zeros of both signs differ, any NaN equals any other", () => {
  const same = [Number.NaN, 0, -0, Infinity, -Infinity, 1, 2 ** -149];
  expect(firstDifference(Float32Array.from(same), Float32Array.from(same))).toBe(-1);
  for (let i = 0; i < same.length; i++) {
    for (let j = 0; j < same.length; j++) {
      const [a, b] = [Float64Array.of(7, same[i] as number), Float64Array.of(7, same[j] as number)];
      expect(firstDifference(a, b)).toBe(i === j ? -1 : 1);
    }
  }
  expect(() => expectSameBits(new Float32Array(3), new Float32Array(4))).toThrow(/3 elements, expected 4/);
  expect(() => expectSameBits(Float32Array.of(1), Float32Array.of(1 + 2 ** -23))).toThrow(/result\[0\] of 1/);
});

test("errors: NaN is no small one", () => {
  expect(largestError([1, 2, 3], [1, 2.5, 3])).toBe(0.5);
  expect(largestError([1, Number.NaN, 3], [1, 2, 30])).toBe(Infinity);
});

test("guards: a byte on either side is noticed", () => {
  for (const offset of [0, 1, 5]) {
    const { view, check } = guarded(Float32Array.of(1, 2, 3), offset);
    expect([...view]).toEqual([1, 2, 3]);
    expect(view.byteOffset % 64).toBe((4 * offset) % 64);
    view.fill(9);
    check();
    const bytes = new Uint8Array(view.buffer);
    for (const at of [0, view.byteOffset - 1, view.byteOffset + view.byteLength, bytes.length - 1]) {
      const before = bytes[at] as number;
      bytes[at] = before ^ 1;
      expect(check).toThrow(/was written/);
      bytes[at] = before;
    }
    check();
  }
});
