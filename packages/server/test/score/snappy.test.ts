import fc from "fast-check";
import { parquetWriteBuffer } from "hyparquet-writer";
import { snappyCompress } from "hyparquet-writer/src/snappy.js";
import { describe, expect, test } from "vitest";
import { isHardlyPacked, unpackPlain } from "../../src/score/parquet/snappy.js";
import { headOf } from "../support/models.js";
import { checkRow } from "./support/expected.js";
import { objectsOf } from "./support/parquet.js";
import { scored } from "./support/run.js";

function unpacked(packed: Uint8Array, length: number): Uint8Array {
  const target = new Uint8Array(length);
  unpackPlain(packed, target);
  return target;
}

test("any bytes, found again or not, are what they were", () => {
  const part = fc.oneof(
    fc.uint8Array({ maxLength: 300 }),
    fc
      .tuple(fc.uint8Array({ minLength: 1, maxLength: 9 }), fc.integer({ min: 1, max: 60 }))
      .map(([some, times]) =>
        Uint8Array.from({ length: some.length * times }, (_, k) => some[k % some.length]),
      ),
  );
  fc.assert(
    fc.property(fc.array(part, { maxLength: 12 }), (parts) => {
      const bytes = new Uint8Array(Buffer.concat(parts));
      expect(unpacked(snappyCompress(bytes), bytes.length)).toEqual(bytes);
    }),
  );
  const long = Uint8Array.from({ length: 300_000 }, (_, k) => Math.imul(k, 2_654_435_761) >>> 13);
  expect(Buffer.compare(unpacked(snappyCompress(long), long.length), long)).toBe(0);
});

test("what repeats across more than 64 KiB, as other writers pack it", () => {
  // The literal "abcd", then five bytes from four before, by four bytes of distance.
  const packed = Uint8Array.of(9, 3 << 2, 97, 98, 99, 100, (4 << 2) | 3, 4, 0, 0, 0);
  expect(Buffer.from(unpacked(packed, 9)).toString()).toBe("abcdabcda");
});

describe("refused", () => {
  test.each([
    ["nothing", [], 0, "a page is cut off"],
    ["another length", [5, 16, 1, 2, 3, 4, 5], 6, "a page has 5 bytes, where 6 should be"],
    ["a length without an end", [255, 255, 255, 255, 255, 255], 1, "length is too long"],
    ["fewer bytes than it says", [9, 8, 1, 2, 3], 9, "a page is cut off"],
    ["a literal beyond the end", [9, 32, 1, 2, 3], 9, "a page is cut off"],
    ["more bytes than it says", [2, 8, 1, 2, 3], 2, "more bytes than it says"],
    ["a copy of what there was not", [9, 0, 1, 1, 2], 9, "repeats what there was not"],
    ["a copy from nowhere", [9, 0, 1, 1, 0], 9, "repeats what there was not"],
    ["a copy beyond the end", [3, 0, 1, 29, 1], 3, "more bytes than it says"],
  ])("%s", (_, packed, length, message) => {
    expect(() => unpacked(Uint8Array.from(packed), length)).toThrow(message);
  });

  test("whatever else is no page, without a byte beyond the target", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), fc.nat(100), (packed, length) => {
        const memory = new Uint8Array(length + 200).fill(7);
        try {
          unpackPlain(packed, memory.subarray(100, 100 + length));
        } catch (error) {
          expect(error).toBeInstanceOf(RangeError);
        }
        expect(memory.subarray(0, 100).every((byte) => byte === 7)).toBe(true);
        expect(memory.subarray(100 + length).every((byte) => byte === 7)).toBe(true);
      }),
      { numRuns: 2000 },
    );
  });
});

test.each([
  ["hardly", (value: number) => value, true],
  ["well", (value: number) => Math.round(4 * value) / 4, false],
])("pages that are %s packed are scored", async (_, change, hardly) => {
  const head = headOf();
  const rows = Array.from({ length: 400 }, (_, r) =>
    Array.from({ length: 20 }, (_, i) => change(Math.fround(Math.sin((20 * r + i) ** 2)))),
  );
  const bytes = Float32Array.from(rows.flat());
  const packed = snappyCompress(new Uint8Array(bytes.buffer));
  expect(isHardlyPacked(packed, bytes.byteLength)).toBe(hardly);
  const table = parquetWriteBuffer({
    columnData: [{ name: "x", data: rows }],
    schema: [
      { name: "root", num_children: 1 },
      { name: "x", repetition_type: "OPTIONAL", num_children: 1, converted_type: "LIST" },
      { name: "list", repetition_type: "REPEATED", num_children: 1 },
      { name: "element", type: "FLOAT", repetition_type: "OPTIONAL" },
    ],
    pageSize: 5000,
    codec: "SNAPPY",
  });
  const found = await objectsOf(await scored(head, new Uint8Array(table)));
  expect(found.length).toBe(rows.length);
  rows.forEach((numbers, r) => {
    checkRow(found[r], head, numbers, 1);
  });
});
