import { existsSync, readdirSync } from "node:fs";
import fc from "fast-check";
import { Problem } from "fixed-classifier-models/files";
import { parquetWriteBuffer } from "hyparquet-writer";
import { describe, expect, test } from "vitest";
import { headOf } from "../support/models.js";
import { parquetOf } from "./support/parquet.js";
import { scored, scoredIn } from "./support/run.js";
import { features, others, table } from "./support/tables.js";

/** More are tried by `RUNS=10000 npx vitest run test/score/hostile`. */
const RUNS = Number(process.env.RUNS ?? 30);
const WIDTH = 20;
const head = headOf();
const row = (seed: number): number[] =>
  Array.from({ length: WIDTH }, (_, i) => Math.sin(1.7 * i + seed * seed));
const ROWS = [row(1), null, row(2), row(3)];

const columns = (list: "fixed" | "list" | "large") => [
  ...others(ROWS.length),
  features("x", ROWS, { width: WIDTH, list, metadata: new Map([["key", "value"]]) }),
];
const MAKING = { number: "f32", encoding: "dictionary", pages: 1, pageEntries: 33, groupRows: 3 } as const;

const TABLES: Readonly<Record<string, Uint8Array>> = {
  "an Arrow stream": table([columns("fixed"), columns("fixed")]),
  "an Arrow file": table([columns("list"), columns("list")], "file"),
  "an Arrow stream of large lists": table([columns("large")]),
  "a Parquet file": parquetOf(ROWS, MAKING),
  "a Parquet file of pages of the second kind": parquetOf(ROWS, { ...MAKING, pages: 2, encoding: "split" }),
  "a packed Parquet file": new Uint8Array(
    parquetWriteBuffer({
      columnData: [
        { name: "x", data: ROWS },
        { name: "id", data: ["a", "b", "c", "d"] },
      ],
      schema: [
        { name: "root", num_children: 2 },
        { name: "x", repetition_type: "OPTIONAL", num_children: 1, converted_type: "LIST" },
        { name: "list", repetition_type: "REPEATED", num_children: 1 },
        { name: "element", type: "FLOAT", repetition_type: "OPTIONAL" },
        { name: "id", type: "BYTE_ARRAY", converted_type: "UTF8", repetition_type: "OPTIONAL" },
      ],
    }),
  ),
};

/** Whatever a table is, it is scored or refused with a message, and a refused one leaves nothing. */
async function survives(bytes: Uint8Array): Promise<"scored" | "refused"> {
  const place = scoredIn(head, bytes, { memory: 2 ** 26 });
  try {
    await place.done;
    return "scored";
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    expect(error.message.length).toBeGreaterThan(20);
    expect(readdirSync(place.folder).sort()).toEqual(["head.safetensors", "table"]);
    expect(existsSync(place.output)).toBe(false);
    return "refused";
  }
}

describe.each(Object.entries(TABLES))("%s", (name, bytes) => {
  test("that is cut off anywhere", async () => {
    for (let length = 0; length < bytes.length; length += length < 64 ? 5 : 41) {
      const outcome = await survives(bytes.slice(0, length));
      // A stream without an end mark ends where a message does.
      if (!name.includes("stream")) expect(outcome).toBe("refused");
    }
    expect(await survives(bytes)).toBe("scored");
  });

  test("whose bytes are changed", async () => {
    const change = fc.record({
      at: fc.nat(bytes.length - 1),
      to: fc.constantFrom(0, 1, 0x7f, 0x80, 0xff, 5, 12),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 4 }), async (changes) => {
        const changed = bytes.slice();
        for (const { at, to } of changes) changed[at] = to;
        await survives(changed);
      }),
      { numRuns: RUNS },
    );
  });

  test("whose lengths are changed", async () => {
    const edge = fc.constantFrom(0, 1, -1, -8, 2 ** 31 - 1, -(2 ** 31), 2 ** 24, 7);
    await fc.assert(
      fc.asyncProperty(fc.nat(Math.floor(bytes.length / 4) - 1), edge, async (at, value) => {
        const changed = bytes.slice();
        new DataView(changed.buffer).setInt32(4 * at, value, true);
        await survives(changed);
      }),
      { numRuns: RUNS },
    );
  });
});

test.each([
  ["nothing", new Uint8Array(0), "it is empty, and even a table without rows has a schema"],
  ["text", Buffer.from("id,feature\n1,2\n3,4\n"), "is damaged or no Arrow table"],
  [
    "two streams",
    Buffer.concat([TABLES["an Arrow stream"], TABLES["an Arrow stream"]]),
    "bytes follow the end",
  ],
  ["a cut-off file", TABLES["an Arrow file"].slice(0, -3), "is cut off"],
  ["cut-off Parquet", TABLES["a Parquet file"].slice(0, -3), "is cut off"],
  [
    "encrypted Parquet",
    Buffer.concat([TABLES["a Parquet file"].slice(0, -4), Buffer.from("PARE")]),
    "is encrypted",
  ],
])("%s is refused with what to do", async (_, bytes, message) => {
  await expect(scored(head, bytes)).rejects.toThrow(message);
});

test("rows of another width are refused with their number", async () => {
  const rows = [row(1), row(2), row(3).slice(1)];
  const columnsOf = (some: number[][]) => [features("x", some, { width: WIDTH, list: "list" })];
  await expect(scored(head, table([columnsOf([row(1), row(2)]), columnsOf(rows)]))).rejects.toThrow(
    'row 5 of the column "x" has 19 numbers, but the head takes 20; make it null, or leave it out',
  );
});
