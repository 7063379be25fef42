/** Files of heads that were changed in any way: an error of the right kind, or a head that is written and read again as it is. */

import { expect, test } from "@jest/globals";
import fc from "fast-check";
import { FixedClassifier } from "../../lib/index.js";
import { reference as js } from "../support/backends.js";
import { fileOf } from "../support/files.js";
import { createHead } from "../support/heads.js";

const FILES = [
  createHead({ features: 8, classes: 5 }, js),
  createHead({ features: 12, classes: 4, code: { name: "hadamard", assignment: [7, 2, 9] } }, js),
  createHead({ features: 4, classes: 3, code: "learned" }, js),
  createHead({ features: 6, classes: 9, code: "orthogonal", bias: false }, js),
  createHead({ features: 10, classes: 6, code: { name: "product", assignment: [0, 7, 2] } }, js),
  createHead(
    {
      features: 6,
      classes: 3,
      code: { name: "product", originals: { weights: new Float32Array(18).fill(0.1), bias: [1, 2, 3] } },
    },
    js,
  ),
  createHead({ features: 8, classes: 6, code: "sylvester", allowDuplicates: true }, js),
].map((head) => {
  const file = head.toSafetensors();
  const length = Number(new DataView(file.buffer).getBigUint64(0, true));
  return { header: file.slice(8, 8 + length), data: file.slice(8 + length) };
});

type Bytes = Uint8Array;
const join = (...parts: Bytes[]): Bytes => Uint8Array.from(parts.flatMap((part) => [...part]));
/** A place in an array, whatever its length is by then. */
const placeIn = (bytes: Bytes, place: number): number => Math.floor(place * bytes.length);

/** The numbers of a header, as places from and to. */
const numbersOf = (header: Bytes): [number, number][] =>
  [...Buffer.from(header).toString("latin1").matchAll(/\d+/g)].map(({ 0: digits, index }) => [
    index,
    index + digits.length,
  ]);

function swapNumbers(header: Bytes, p: number, q: number): Bytes {
  const numbers = numbersOf(header);
  if (numbers.length < 2) return header;
  const [a, b] = [numbers[Math.floor(p * numbers.length)], numbers[Math.floor(q * numbers.length)]].sort(
    (x, y) => (x as [number, number])[0] - (y as [number, number])[0],
  ) as [[number, number], [number, number]];
  if (a === b) return header;
  const part = (from: number, to?: number): Bytes => header.subarray(from, to);
  return join(part(0, a[0]), part(...b), part(a[1], b[0]), part(...a), part(b[1]));
}

const PIECES = [
  '"',
  "{",
  "}",
  "[",
  "]",
  ",",
  ":",
  " ",
  "\n",
  "\\u0061",
  "0",
  "1",
  "-",
  "e1",
  '"code.seed":"1",',
  '"bias":',
  "NaN",
];

const place = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
const mutation: fc.Arbitrary<(bytes: Bytes) => Bytes> = fc.oneof(
  fc.tuple(place, fc.integer({ min: 0, max: 7 })).map(([p, bit]) => (bytes: Bytes) => {
    const changed = bytes.slice();
    const at = placeIn(bytes, p);
    if (at < changed.length) changed[at] = (changed[at] as number) ^ (1 << bit);
    return changed;
  }),
  fc
    .tuple(
      place,
      fc.oneof(
        fc.constantFrom(...PIECES).map((text) => Buffer.from(text)),
        fc.uint8Array({ maxLength: 4 }),
      ),
    )
    .map(([p, piece]) => (bytes: Bytes) => {
      const at = placeIn(bytes, p);
      return join(bytes.subarray(0, at), piece, bytes.subarray(at));
    }),
  fc.tuple(place, fc.integer({ min: 1, max: 30 })).map(([p, count]) => (bytes: Bytes) => {
    const at = placeIn(bytes, p);
    return join(bytes.subarray(0, at), bytes.subarray(at + count));
  }),
  fc.tuple(place, fc.integer({ min: 1, max: 60 })).map(([p, count]) => (bytes: Bytes) => {
    const at = placeIn(bytes, p);
    return join(bytes.subarray(0, at + count), bytes.subarray(at));
  }),
  place.map((p) => (bytes: Bytes) => bytes.slice(0, placeIn(bytes, p))),
  fc.tuple(place, place).map(
    ([p, q]) =>
      (bytes: Bytes) =>
        swapNumbers(bytes, p, q),
  ),
);

function read(bytes: Bytes): FixedClassifier | null {
  try {
    return FixedClassifier.fromSafetensors(bytes, { backend: js });
  } catch (error) {
    expect(error instanceof RangeError || error instanceof TypeError).toBe(true);
    // An error of the engine, such as for too long an array, would not say what is wrong with the file.
    expect((error as Error).message).toMatch(
      /[sS]afetensors|must be|code "|assignment|bytes is empty|the file gives|packed/,
    );
    return null;
  }
}

function check(bytes: Bytes): boolean {
  const head = read(bytes);
  if (head === null) return false;
  const written = head.toSafetensors();
  const again = FixedClassifier.fromSafetensors(written, { backend: js });
  expect(again.settings).toEqual(head.settings);
  expect([again.scale, again.bias, again.weights]).toEqual([head.scale, head.bias, head.weights]);
  expect(again.toSafetensors()).toEqual(written);
  return true;
}

test("changes of the header and of the data, with the length of the header as it is then", () => {
  let heads = 0;
  fc.assert(
    fc.property(
      fc.constantFrom(...FILES),
      fc.array(mutation, { maxLength: 3 }),
      fc.array(mutation, { maxLength: 1 }),
      ({ header, data }, ofHeader, ofData) => {
        const apply = (bytes: Bytes, change: (bytes: Bytes) => Bytes): Bytes => change(bytes);
        if (check(fileOf(ofHeader.reduce(apply, header), ofData.reduce(apply, data)))) heads++;
      },
    ),
    { numRuns: 2000 },
  );
  expect(heads).toBeGreaterThan(100);
});

test("each bit of the data", () => {
  for (const { header, data } of FILES) {
    for (let bit = 0; bit < 8 * data.length; bit++) {
      const changed = data.slice();
      changed[bit >> 3] = (changed[bit >> 3] as number) ^ (1 << (bit & 7));
      check(fileOf(header, changed));
    }
  }
});

test("changes anywhere in the file", () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...FILES),
      fc.array(mutation, { minLength: 1, maxLength: 4 }),
      (file, changes) => {
        check(changes.reduce((bytes, change) => change(bytes), fileOf(file.header, file.data)));
      },
    ),
    { numRuns: 1000 },
  );
});
