import fc from "fast-check";
import { expect, test } from "vitest";
import { InferenceError } from "../../../src/inference/errors.js";
import { JsonReader } from "../../../src/rest/json/reader.js";

function read(text: string | Uint8Array) {
  const reader = new JsonReader(Buffer.from(text as string));
  const value = reader.value("it");
  reader.finish();
  return value;
}

test("reads what JSON.stringify writes, however it is spaced", () => {
  fc.assert(
    fc.property(
      fc.json({ maxDepth: 8, noUnicodeString: false }),
      fc.constantFrom(0, 1, "\t"),
      (text, space) => {
        // A key like __proto__ is one as any other.
        const spaced = JSON.stringify(JSON.parse(text), null, space);
        expect(JSON.stringify(read(spaced))).toBe(JSON.stringify(JSON.parse(text)));
      },
    ),
  );
});

test("takes what JSON.parse takes, and refuses the rest with an InferenceError, whatever the bytes", () => {
  const pieces = fc.constantFrom(...'{}[],:"\\ \n09.-+eEtruefalsnx/\u00e9\u0001'.split(""));
  fc.assert(
    fc.property(fc.array(pieces, { maxLength: 12 }), (parts) => {
      const text = parts.join("");
      let expected: unknown;
      try {
        expected = JSON.parse(text);
      } catch {
        expect(() => read(text)).toThrow(InferenceError);
        return;
      }
      try {
        expect(read(text)).toEqual(expected);
      } catch (error) {
        // Beyond what JSON.parse minds.
        expect((error as Error).message).toMatch(/twice|too large/);
      }
    }),
    { numRuns: 3_000 },
  );
});

test.each<[string | Uint8Array, RegExp]>([
  ['{"a":1,"a":2}', /byte 10 .*"a" twice/],
  ['{"a":1,"\\u0061":2}', /twice/],
  ["[1,]", /number/],
  ['{"a":1,}', /key must be a string/],
  ["[1 2]", /comma/],
  ["1e999", /too large/],
  [`${"[".repeat(40)}`, /deeper than 32/],
  [Buffer.from([0x22, 0xff, 0x22]), /UTF-8/],
  [Buffer.from([0x22, 0xc3]), /does not end/],
  ["\ufeff{}", /must be a number/],
])("%s is refused with its place", (text, message) => {
  expect(() => read(text)).toThrow(message);
});
