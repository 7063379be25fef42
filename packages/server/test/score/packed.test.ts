import { readFileSync } from "node:fs";
import { tableFromIPC } from "apache-arrow";
import { CompressionType } from "apache-arrow/fb/compression-type";
import { parquetReadObjects } from "hyparquet";
import { compressors } from "hyparquet-compressors";
import { describe, expect, test } from "vitest";
import { packingOf } from "../../src/score/arrow/codecs.js";
import { checkLz4Frame, checkZstdFrame } from "../../src/score/arrow/frames.js";
import { headOf } from "../support/models.js";
import { checkRow } from "./support/expected.js";
import { batchOf, messagesOf, passedOn } from "./support/messages.js";
import { packed, unpacked } from "./support/packed.js";
import { scored } from "./support/run.js";
import { features, others, table } from "./support/tables.js";

const WIDTH = 20;
const head = headOf();
const row = (r: number): number[] =>
  Array.from({ length: WIDTH }, (_, i) => Math.fround(Math.sin(1.7 * i + r * r)));
const ROWS = Array.from({ length: 40 }, (_, r) => (r % 9 === 4 ? null : row(r)));
const fixture = (name: string): Uint8Array =>
  new Uint8Array(readFileSync(new URL(`fixtures/${name}`, import.meta.url)));

describe.each([
  ["LZ4", CompressionType.LZ4_FRAME, "polars-lz4.arrow"],
  ["Zstandard", CompressionType.ZSTD, "polars-zstd.arrow"],
])("%s", (_, codec, recorded) => {
  test.each(["fixed", "list", "large"] as const)(
    "packed batches of %s lists are scored and stay packed",
    async (list) => {
      const plain = table([[...others(ROWS.length), features("x", ROWS, { width: WIDTH, list })]]);
      for (const plainLength of [-1, 4 * WIDTH * ROWS.length]) {
        const before = await packed(plain, codec, plainLength);
        for (const top of [1, 3]) {
          const after = await scored(head, before, { top });
          expect(passedOn(before, after)).toBe(true);
          const result = tableFromIPC(await unpacked(after, codec));
          ROWS.forEach((numbers, r) => {
            checkRow(result.get(r)?.toJSON() ?? {}, head, numbers, top);
          });
        }
      }
    },
  );

  test("added columns are packed where that makes them smaller", async () => {
    const same = Array.from({ length: 500 }, () => row(1));
    const before = await packed(table([[features("x", same, { width: WIDTH })]]), codec);
    const [, raw] = messagesOf(await scored(head, before, { quantities: ["class"] }));
    const [, length] = batchOf(raw).buffers.at(-1) ?? [];
    expect(length).toBeLessThan(200);
  });

  test("a file of polars is scored", async () => {
    const before = fixture(recorded);
    const after = await scored(head, before, { top: 2 });
    expect(passedOn(before, after)).toBe(true);
    const added = messagesOf(after).filter((raw) => raw.body.length > 0).length;
    expect(added).toBeGreaterThan(0);
  });

  test("what is damaged is refused", async () => {
    const { pack, unpack } = await packingOf(codec);
    const bytes = pack(new Uint8Array(1000));
    expect(() => unpack(bytes, 999)).toThrow("says that it has 1000 bytes");
    expect(unpack(bytes, 1000)).toEqual(new Uint8Array(1000));
    const wrong = bytes.slice();
    new DataView(wrong.buffer).setBigInt64(0, 1001n, true);
    expect(() => unpack(wrong, 2000)).toThrow();
    expect(() => unpack(bytes.subarray(0, bytes.length - 6), 2000)).toThrow();
    expect(unpack(new Uint8Array(0), 0).length).toBe(0);
  });
});

test.each([
  ["LZ4", CompressionType.LZ4_FRAME, checkLz4Frame],
  ["Zstandard", CompressionType.ZSTD, checkZstdFrame],
])(
  "a frame of %s that may unpack to far more than it says is refused before it is unpacked",
  async (name, codec, check) => {
    const { pack } = await packingOf(codec);
    const frame = pack(new Uint8Array(2 ** 28)).subarray(8);
    expect(() => check(frame, 2 ** 28)).not.toThrow();
    expect(() => check(frame, 1000)).toThrow("says that it has 1000 bytes");
    expect(() => check(Uint8Array.of(1, 2, 3, 4, 5, 6, 7), 1)).toThrow(`no ${name} frame`);
    expect(() => check(frame.subarray(0, frame.length - 3), 2 ** 28)).toThrow();
  },
);

test.each([
  "polars-snappy.parquet",
  "polars-zstd.parquet",
  "duckdb-v1-gzip.parquet",
  "duckdb-v2-lz4.parquet",
])("%s, a file of another program, is scored", async (name) => {
  const after = new Uint8Array(await scored(head, fixture(name), { top: 2 })).buffer as ArrayBuffer;
  const found = await parquetReadObjects({ file: after, compressors });
  expect(found.length).toBe(ROWS.length);
  ROWS.forEach((numbers, r) => {
    expect(found[r].id).toBe(`row ${r}`);
    checkRow(found[r], head, numbers, 2);
  });
});
