import { expect, test } from "vitest";
import { parseIdx } from "../../src/data/idx.js";

const FILE = [0, 0, 8, 2, 0, 0, 0, 2, 0, 0, 0, 3, 1, 2, 3, 4, 5, 6];

test("shape and values, at any offset in a buffer", () => {
  const padded = Uint8Array.of(9, ...FILE).subarray(1);
  expect(parseIdx(padded)).toEqual({ shape: [2, 3], values: Uint8Array.of(1, 2, 3, 4, 5, 6) });
});

test.each([
  ["nothing", []],
  ["another magic number", [1, ...FILE.slice(1)]],
  ["another type", [0, 0, 13, ...FILE.slice(3)]],
  ["no axes", [0, 0, 8, 0, 1]],
  ["a header cut short", FILE.slice(0, 10)],
])("%s is no IDX file", (_, bytes) => {
  expect(() => parseIdx(Uint8Array.from(bytes))).toThrow(new RangeError("not an IDX file of bytes"));
});

test.each([
  ["fewer", FILE.slice(0, -1), 5],
  ["more", [...FILE, 7], 7],
])("%s values than the shape says are refused", (_, bytes, count) => {
  const message = `an IDX file of shape 2 × 3 must hold 6 values, not ${count}`;
  expect(() => parseIdx(Uint8Array.from(bytes))).toThrow(new RangeError(message));
});
