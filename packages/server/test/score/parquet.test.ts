import { Schema, Table, tableFromIPC, tableToIPC } from "apache-arrow";
import fc from "fast-check";
import { float16Bits, float16Table } from "fixed-classifier-models/half";
import { type FileMetaData, parquetMetadata, readOffsetIndex } from "hyparquet";
import { parquetWriteBuffer } from "hyparquet-writer";
import { describe, expect, test } from "vitest";
import { headOf } from "../support/models.js";
import { checkRow, expected } from "./support/expected.js";
import { type Making, objectsOf, parquetOf } from "./support/parquet.js";
import { scored } from "./support/run.js";

const WIDTH = 20;
const head = headOf();
const row = (seed: number): number[] =>
  Array.from({ length: WIDTH }, (_, i) => Math.fround(Math.sin(1.7 * i + seed * seed)));
const copyOf = (bytes: Uint8Array): ArrayBuffer => new Uint8Array(bytes).buffer;
const metadataOf = (bytes: Uint8Array): FileMetaData => parquetMetadata(copyOf(bytes));

async function check(
  bytes: Uint8Array,
  rows: readonly (readonly number[] | null)[],
  top: number,
): Promise<void> {
  const found = await objectsOf(bytes);
  expect(found.length).toBe(rows.length);
  rows.forEach((numbers, r) => {
    checkRow(found[r], head, numbers, top);
  });
}

const KEYS = [{ key: "pandas", value: "{}" }];

/** Rows with other columns around them, in groups of so many. */
function table(rows: readonly (number[] | null)[], groupRows: number, kvMetadata = KEYS): Uint8Array {
  return new Uint8Array(
    parquetWriteBuffer({
      columnData: [
        { name: "id", data: rows.map((_, r) => `row ${r}`), columnIndex: true, bloomFilter: true },
        { name: "x", data: [...rows] },
        { name: "n", data: rows.map((_, r) => (r % 3 === 0 ? null : { a: r, b: [r, r + 1] })) },
        { name: "when", data: rows.map((_, r) => new Date(1e12 + r)) },
      ],
      schema: [
        { name: "root", num_children: 4 },
        { name: "id", type: "BYTE_ARRAY", converted_type: "UTF8", repetition_type: "OPTIONAL" },
        { name: "x", repetition_type: "OPTIONAL", num_children: 1, converted_type: "LIST" },
        { name: "list", repetition_type: "REPEATED", num_children: 1 },
        { name: "element", type: "FLOAT", repetition_type: "OPTIONAL" },
        { name: "n", repetition_type: "OPTIONAL", num_children: 2 },
        { name: "a", type: "INT32", repetition_type: "OPTIONAL" },
        { name: "b", repetition_type: "OPTIONAL", num_children: 1, converted_type: "LIST" },
        { name: "list", repetition_type: "REPEATED", num_children: 1 },
        { name: "element", type: "INT32", repetition_type: "OPTIONAL" },
        { name: "when", type: "INT64", converted_type: "TIMESTAMP_MILLIS", repetition_type: "OPTIONAL" },
      ],
      rowGroupSize: groupRows,
      pageSize: 400,
      kvMetadata,
    }),
  );
}

const ROWS = Array.from({ length: 90 }, (_, r) => (r % 7 === 3 ? null : row(r)));

/** The pages of all columns of a file, of some of its groups. */
function pagesOf(bytes: Uint8Array, columns: number): Buffer[][] {
  return metadataOf(bytes).row_groups.map((group) =>
    group.columns.slice(0, columns).map(({ meta_data: meta }) => {
      const start = Number(meta?.dictionary_page_offset ?? meta?.data_page_offset);
      return Buffer.from(bytes.subarray(start, start + Number(meta?.total_compressed_size)));
    }),
  );
}

test("groups are scored, and the pages of all other columns copied as they are", async () => {
  const before = table(ROWS, 40);
  for (const top of [1, 3]) {
    const after = await scored(head, before, { top });
    await check(after, ROWS, top);
    expect(pagesOf(after, 5)).toEqual(pagesOf(before, 5));
    const [was, is] = [metadataOf(before), metadataOf(after)];
    expect(is.row_groups.map(({ num_rows: rows }) => rows)).toEqual([40n, 40n, 10n]);
    expect(is.schema.slice(1, was.schema.length)).toEqual(was.schema.slice(1));
    expect(is.key_value_metadata).toEqual(was.key_value_metadata);
    expect(is.created_by).toBe(was.created_by);
    const others = (all: Record<string, unknown>[]) => all.map(({ id, x, n, when }) => ({ id, x, n, when }));
    expect(others(await objectsOf(after))).toEqual(others(await objectsOf(before)));
  }
});

test("indexes and filters go along, and say where pages are now", async () => {
  const before = table(ROWS, 40);
  const after = await scored(head, before);
  const columnsOf = (bytes: Uint8Array) =>
    metadataOf(bytes).row_groups.flatMap(({ columns }) => columns.slice(0, 5));
  const part = (bytes: Uint8Array, offset?: bigint, length?: number) =>
    Buffer.from(bytes.subarray(Number(offset), Number(offset) + Number(length)));
  const were = columnsOf(before);
  let pages = 0;
  columnsOf(after).forEach((is, k) => {
    const was = were[k];
    expect(is.offset_index_offset === undefined).toBe(was.offset_index_offset === undefined);
    if (was.column_index_offset !== undefined) {
      expect(part(after, is.column_index_offset, is.column_index_length)).toEqual(
        part(before, was.column_index_offset, was.column_index_length),
      );
    }
    if (was.meta_data?.bloom_filter_offset !== undefined) {
      const length = was.meta_data.bloom_filter_length;
      expect(part(after, is.meta_data?.bloom_filter_offset, length)).toEqual(
        part(before, was.meta_data.bloom_filter_offset, length),
      );
    }
    if (was.offset_index_offset === undefined) return;
    const [old, now] = [[before, was] as const, [after, is] as const].map(
      ([bytes, { offset_index_offset: offset, offset_index_length: length }]) => {
        const view = new DataView(copyOf(part(bytes, offset, length)));
        return readOffsetIndex({ view, offset: 0 }).page_locations.map((page) =>
          part(bytes, page.offset, page.compressed_page_size),
        );
      },
    );
    expect(now).toEqual(old);
    pages += now.length;
  });
  expect(pages).toBeGreaterThan(10);
});

test("a range of groups gives what the whole gives there, and the same bytes again", async () => {
  const before = table(ROWS, 20);
  const whole = await objectsOf(await scored(head, before));
  const parts: Record<string, unknown>[] = [];
  for (const [first, end] of [
    [0, 2],
    [2, 3],
    [3, Number.POSITIVE_INFINITY],
  ]) {
    const options = { rowGroups: { first, end } };
    const bytes = await scored(head, before, options);
    expect(Buffer.compare(bytes, await scored(head, before, options))).toBe(0);
    expect(Number(metadataOf(bytes).num_rows)).toBe((await objectsOf(bytes)).length);
    parts.push(...(await objectsOf(bytes)));
  }
  expect(parts).toEqual(whole);
  await expect(scored(head, before, { rowGroups: { first: 5, end: 9 } })).rejects.toThrow(
    "has 5 groups of rows, the first being 0; --row-groups starts at 5",
  );
});

test("a table without rows keeps its columns and has more", async () => {
  const before = table([], 10);
  const after = await scored(head, before, { top: 2 });
  expect(metadataOf(after).schema.filter(({ type }) => type !== undefined).length).toBe(5 + 4);
  expect(await objectsOf(after)).toEqual([]);
});

test("what other programs say of the columns is said of the added ones too", async () => {
  const schema = tableToIPC(new Table(new Schema([])), "stream");
  const arrow = Buffer.from(schema.subarray(0, schema.length - 8)).toString("base64");
  const spark = JSON.stringify({ type: "struct", fields: [{ name: "id", type: "string" }] });
  const before = table(ROWS, 40, [
    { key: "ARROW:schema", value: arrow },
    { key: "org.apache.spark.sql.parquet.row.metadata", value: spark },
    { key: "other", value: "ü" },
  ]);
  const after = await scored(head, before, { top: 2, quantities: ["class", "energy"] });
  const found = Object.fromEntries(
    (metadataOf(after).key_value_metadata ?? []).map(({ key, value }) => [key, value ?? ""]),
  );
  expect(found.other).toBe("ü");
  const { fields } = tableFromIPC(new Uint8Array(Buffer.from(found["ARROW:schema"], "base64"))).schema;
  expect(fields.map(String)).toEqual(["class: List<Int32>", "energy: Float32"]);
  expect(JSON.parse(found["org.apache.spark.sql.parquet.row.metadata"]).fields).toEqual([
    { name: "id", type: "string" },
    {
      name: "class",
      type: { type: "array", elementType: "integer", containsNull: true },
      nullable: true,
      metadata: {},
    },
    { name: "energy", type: "float", nullable: true, metadata: {} },
  ]);
  // One that cannot be read would be wrong of the columns there are now.
  const wrong = await scored(head, table(ROWS, 40, [{ key: "ARROW:schema", value: "AAAA" }]));
  expect(metadataOf(wrong).key_value_metadata ?? []).toEqual([]);
});

test("names of classes", async () => {
  const labels = Array.from({ length: 7 }, (_, c) => `Klasse ${c} ✓`);
  for (const top of [1, 2]) {
    const found = await objectsOf(
      await scored(head, table(ROWS, 40), { top, labels, quantities: ["label"] }),
    );
    ROWS.forEach((numbers, r) => {
      const names = numbers === null ? null : expected(head, numbers, top).classes.map((c) => labels[c]);
      expect(found[r].label).toEqual(top === 1 ? (names?.[0] ?? null) : names);
    });
  }
});

describe("pages by hand", () => {
  const half = (value: number) => float16Table()[float16Bits(value)];
  const as = { f16: half, f32: Math.fround, f64: Math.fround };
  const wish = fc.record({
    number: fc.constantFrom<Making["number"]>("f16", "f32", "f64"),
    encoding: fc.constantFrom<Making["encoding"]>("plain", "dictionary", "split"),
    pages: fc.constantFrom<Making["pages"]>(1, 2),
    pageEntries: fc.integer({ min: 1, max: 120 }),
    groupRows: fc.integer({ min: 1, max: 9 }),
    items: fc.constantFrom<"optional" | "required">("optional", "required"),
  });
  const numbers = fc.float({ noNaN: true, min: -1000, max: 1000 });
  const list = fc.array(numbers, { minLength: WIDTH, maxLength: WIDTH });

  test("of any kind and encoding, ending anywhere in a row", async () => {
    await fc.assert(
      fc.asyncProperty(
        wish,
        fc.array(fc.option(list, { nil: null, freq: 4 }), { minLength: 1, maxLength: 20 }),
        fc.constantFrom(1, 3),
        async (making, rows, top) => {
          const seen = rows.map((one) => one?.map(as[making.number]) ?? null);
          await check(await scored(head, parquetOf(rows, making), { top }), seen, top);
        },
      ),
      { numRuns: 80 },
    );
  });

  test("with numbers that are null, which make their row null", async () => {
    const broken: (number | null)[] = row(2);
    broken[7] = null;
    for (const pageEntries of [3, 33, 1000]) {
      const making = { number: "f32", encoding: "plain", pages: 1, pageEntries, groupRows: 10 } as const;
      const bytes = parquetOf([row(1), broken, null, row(3)], making);
      await check(await scored(head, bytes), [row(1), null, null, row(3)], 1);
    }
  });

  test("with rows of another width, which are refused with their number", async () => {
    const making = { number: "f32", encoding: "plain", pages: 2, pageEntries: 33, groupRows: 2 } as const;
    for (const [wrong, found] of [
      [row(1).slice(1), 19],
      [[...row(1), 4], 21],
      [[], 0],
    ] as const) {
      const bytes = parquetOf([row(1), row(2), row(3), wrong, row(4)], making);
      await expect(scored(head, bytes)).rejects.toThrow(
        `row 4 of the column "x" has ${found} numbers, but the head takes 20`,
      );
    }
  });
});

test("the column of features is the only possible one, or the one named", async () => {
  const lists = (seed: number) => [row(seed)];
  const two = new Uint8Array(
    parquetWriteBuffer({
      columnData: [
        { name: "a", data: lists(1) },
        { name: "b", data: lists(2) },
        { name: "c", data: Int32Array.of(1) },
      ],
      schema: [
        { name: "root", num_children: 3 },
        ...["a", "b"].flatMap((name) => [
          { name, repetition_type: "OPTIONAL", num_children: 1, converted_type: "LIST" } as const,
          { name: "list", repetition_type: "REPEATED", num_children: 1 } as const,
          { name: "element", type: "FLOAT", repetition_type: "REQUIRED" } as const,
        ]),
        { name: "c", type: "INT32", repetition_type: "REQUIRED" },
      ],
    }),
  );
  await expect(scored(head, two)).rejects.toThrow(
    'several columns that may be features: "a", "b". Choose one by --features',
  );
  await check(await scored(head, two, { features: "b" }), [row(2)], 1);
  await expect(scored(head, two, { features: "c" })).rejects.toThrow('"c" is not a list of');
  await expect(scored(head, two, { features: "d" })).rejects.toThrow('no column "d"; it has "a", "b", "c"');
  await expect(scored(head, await scored(head, two, { features: "a" }), { features: "a" })).rejects.toThrow(
    'a column "class" already',
  );
});
