import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { sentencesOf } from "../data/state-of-the-union.js";
import { writeIdx } from "../files/idx.js";
import { readDataFrame } from "../files/rdata.js";

const folder = mkdtempSync(join(tmpdir(), "lab-results-"));
afterAll(() => rmSync(folder, { recursive: true }));

test("IDX files have their type, their sizes and big-endian values", () => {
  const path = join(folder, "x.idx");
  writeIdx(path, [2, 2], Int16Array.of(1, -2, 300, 4));
  expect([...readFileSync(path)]).toEqual([0, 0, 11, 2, 0, 0, 0, 2, 0, 0, 0, 2, 0, 1, 255, 254, 1, 44, 0, 4]);
  writeIdx(path, [3], Uint8Array.of(7, 8, 9));
  expect([...readFileSync(path)]).toEqual([0, 0, 8, 1, 0, 0, 0, 3, 7, 8, 9]);
  expect(() => writeIdx(path, [2], Uint8Array.of(1))).toThrow(RangeError);
});

describe("readDataFrame", () => {
  /** @param {number[]} values */
  const integers = (...values) => {
    const bytes = Buffer.alloc(4 * values.length);
    values.forEach((value, k) => {
      bytes.writeInt32BE(value, 4 * k);
    });
    return bytes;
  };
  /** @param {number[]} values */
  const reals = (...values) => {
    const bytes = Buffer.alloc(8 * values.length);
    values.forEach((value, k) => {
      bytes.writeDoubleBE(value, 8 * k);
    });
    return bytes;
  };
  const [NOTHING, SYMBOL, PAIR, FACTOR, REALS, FRAME] = [0xfe, 1, 0x402, 0x30d, 14, 0x313];
  /** @param {string} text */
  const characters = (text) => Buffer.concat([integers(9, text.length), Buffer.from(text)]);
  /** @param {string} name */
  const tag = (name) => Buffer.concat([integers(PAIR, SYMBOL), characters(name)]);
  /** @param {string[]} texts */
  const strings = (...texts) => Buffer.concat([integers(16, texts.length), ...texts.map(characters)]);
  const header = Buffer.concat([Buffer.from("RDX2\nX\n"), integers(2, 0x030200, 0x020300)]);
  const file = Buffer.concat([
    header,
    tag("pets"),
    integers(FRAME, 2),
    // A factor: whole numbers from 1 with the attribute "levels", and then a column of reals.
    ...[integers(FACTOR, 3, 2, 1, 2), tag("levels"), strings("cat", "dog"), integers(NOTHING)],
    ...[integers(REALS, 3), reals(1.5, -2, 1e300)],
    ...[tag("names"), strings("kind", "weight"), integers(NOTHING)],
    integers(NOTHING),
  ]);

  test("reads factors and numbers with their names", () => {
    expect(readDataFrame(file, "pets")).toEqual([
      { name: "kind", values: Int32Array.of(2, 1, 2), levels: ["cat", "dog"] },
      { name: "weight", values: Float64Array.of(1.5, -2, 1e300), levels: null },
    ]);
  });

  test("refuses other files and other names", () => {
    expect(() => readDataFrame(Buffer.from("RDX3\nX\n"), "pets")).toThrow(/second version/);
    expect(() => readDataFrame(file, "plants")).toThrow(/no plants in it, only pets/);
  });
});

test("sentences: small letters, numbers as N, marks as words, a sentence to its end", () => {
  expect(sentencesOf("Mr. Speaker, it’s 1,234.5 dollars! And so\non")).toEqual([
    ["mr", "."],
    ["speaker", ",", "it's", "N", "dollars", "!"],
    ["and", "so", "on"],
  ]);
});
