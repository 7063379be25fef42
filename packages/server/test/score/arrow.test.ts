import { tableFromIPC, Utf8, vectorFromArray } from "apache-arrow";
import fc from "fast-check";
import { float16Bits, float16Table } from "fixed-classifier-models/half";
import { describe, expect, test } from "vitest";
import { headOf } from "../support/models.js";
import { checkRow, expected } from "./support/expected.js";
import { messagesOf, passedOn } from "./support/messages.js";
import { scored } from "./support/run.js";
import { column, features, type ListName, type NumberName, others, table } from "./support/tables.js";

const WIDTH = 20;
const head = headOf();
const LABELS = Array.from({ length: 7 }, (_, c) => (c === 3 ? "" : `Klasse ${c} ✓`));

const row = (seed: number): number[] =>
  Array.from({ length: WIDTH }, (_, i) => Math.sin(1.7 * i + seed * seed));

/** Compares a scored table with the rows that it was made of. */
function check(bytes: Uint8Array, rows: readonly (ArrayLike<number> | null)[], top: number): void {
  const result = tableFromIPC(bytes);
  expect(result.numRows).toBe(rows.length);
  rows.forEach((numbers, r) => {
    checkRow(result.get(r)?.toJSON() ?? {}, head, numbers, top);
  });
}

const half = (value: number): number => float16Table()[float16Bits(value)];
const AS: Record<NumberName, (value: number) => number> = { f16: half, f32: Math.fround, f64: Math.fround };

describe.each(["stream", "file"] as const)("a %s", (kind) => {
  test.each(
    (["fixed", "list", "large"] as const).flatMap((list) =>
      (["f16", "f32", "f64"] as const).map((number) => [list, number] as const),
    ),
  )("of %s lists of %s is scored, and all else passed on", async (list, number) => {
    const rows = Array.from({ length: 37 }, (_, r) => (r % 7 === 3 ? null : row(r)));
    const batches = [rows.slice(0, 20), rows.slice(20)].map((some, k) => [
      ...others(some.length, k),
      features("x", some, { width: WIDTH, list, number, before: k * 5 }),
    ]);
    const before = table(batches, kind);
    const seen = rows.map((numbers) => numbers?.map(AS[number]) ?? null);
    for (const top of [1, 3]) {
      const after = await scored(head, before, { top });
      check(after, seen, top);
      expect(passedOn(before, after)).toBe(true);
    }
  });

  test("keeps the metadata of its schema and fields", async () => {
    const metadata = new Map([
      ["pandas", '{"index": "ü"}'],
      ["empty", ""],
    ]);
    const options = { width: WIDTH, metadata: new Map([["PARQUET:field_id", "7"]]) };
    const before = table([[...others(4), features("x", [row(1), row(2), row(3), row(4)], options)]], kind, {
      metadata,
    });
    const { schema } = tableFromIPC(await scored(head, before));
    expect(schema.metadata).toEqual(metadata);
    expect(schema.fields.map(({ name, metadata: own }) => [name, Object.fromEntries(own)])).toEqual([
      ["name", {}],
      ["bytes", { unit: "bytes" }],
      ["count", {}],
      ["x", { "PARQUET:field_id": "7" }],
      ["class", {}],
      ["score", {}],
      ["probability", {}],
      ["energy", {}],
    ]);
  });

  test("without batches gives a schema without batches", async () => {
    const before = table([[features("x", [], { width: WIDTH })]], kind);
    const after = await scored(head, before, { labels: LABELS, quantities: ["class", "label"] });
    expect(messagesOf(after).length).toBe(messagesOf(before).length);
    expect(tableFromIPC(after).schema.fields.map(({ name }) => name)).toEqual(["x", "class", "label"]);
    const again = await scored(head, after, { prefix: "b_" });
    expect(tableFromIPC(again).schema.fields.length).toBe(7);
  });

  test("with a batch without rows", async () => {
    const columns = (rows: number[][]) => [features("x", rows, { width: WIDTH, list: "list" })];
    const after = await scored(head, table([columns([row(1)]), columns([]), columns([row(2)])], kind), {
      top: 2,
    });
    check(after, [row(1), row(2)], 2);
  });

  test("has names of classes, one a row or several", async () => {
    const rows = [row(1), null, row(5), row(9)];
    const before = table([[features("x", rows, { width: WIDTH })]], kind);
    for (const top of [1, 3]) {
      const after = tableFromIPC(
        await scored(head, before, { top, labels: LABELS, quantities: ["label", "class"] }),
      );
      expect(after.schema.fields.map(({ name }) => name)).toEqual(["x", "class", "label"]);
      rows.forEach((numbers, r) => {
        const { label } = after.get(r)?.toJSON() ?? {};
        const names = numbers === null ? null : expected(head, numbers, top).classes.map((c) => LABELS[c]);
        expect(top === 1 || label === null ? label : Array.from(label as Iterable<string>)).toEqual(
          top === 1 ? (names?.[0] ?? null) : names,
        );
      });
    }
  });
});

test("a fixed-size list whose last row is null may lack that row's numbers", async () => {
  // apache-arrow itself reads and writes one child too few there.
  const rows = [row(1), row(2), null];
  const whole = features("x", rows, { width: WIDTH });
  const { data } = whole;
  const child = (data as { children: { slice(from: number, to: number): unknown }[] }).children;
  child[0] = child[0].slice(0, 2 * WIDTH) as never;
  check(await scored(head, table([[whole]])), rows, 1);
});

test("a number that is null makes its row null", async () => {
  const broken: (number | null)[] = row(2);
  broken[WIDTH - 1] = null;
  for (const list of ["fixed", "list", "large"] as ListName[]) {
    const before = table([
      [features("x", [row(1), broken, null, row(3)], { width: WIDTH, list, before: 3 })],
    ]);
    check(await scored(head, before, { top: 2 }), [row(1), null, null, row(3)], 2);
  }
});

test("NaN and infinity give their own row NaN, behind classes in their order", async () => {
  const nan = row(1).with(4, Number.NaN);
  const after = tableFromIPC(
    await scored(head, table([[features("x", [nan, row(2)], { width: WIDTH })]]), { top: 2 }),
  );
  expect(Array.from(after.get(0)?.score as Iterable<number>)).toEqual([Number.NaN, Number.NaN]);
  expect(Array.from(after.get(0)?.class as Iterable<number>)).toEqual([0, 1]);
  expect(Array.from(after.get(1)?.class as Iterable<number>)).toEqual(expected(head, row(2), 2).classes);
});

test("all 65,536 numbers of float16 are read as they are, and encoded back to their bits", async () => {
  const numbers = float16Table();
  for (let bits = 0; bits < 65536; bits++) {
    if (Number.isNaN(numbers[bits])) expect(float16Bits(numbers[bits]) & 0x7c00).toBe(0x7c00);
    else expect(float16Bits(numbers[bits])).toBe(bits);
  }
  const wide = headOf({ features: 64, classes: 3 });
  const rows = Array.from({ length: 1024 }, (_, r) => numbers.subarray(64 * r, 64 * r + 64));
  const before = table([[features("x", rows, { width: 64, number: "f16" })]]);
  const result = tableFromIPC(await scored(wide, before));
  const best = wide.topK(numbers, 1);
  expect(Array.from(result.getChild("class") ?? [])).toEqual(Array.from(best.classes));
  expect(Array.from(result.getChild("score") ?? [])).toEqual(Array.from(best.scores));
});

test("dictionaries that are replaced between batches are passed on", async () => {
  const batch = (names: string[], seed: number) => [
    column("name", vectorFromArray(names)),
    features(
      "x",
      names.map((_, r) => row(seed + r)),
      { width: WIDTH },
    ),
  ];
  const parts = [batch(["a", "b", "a"], 1), batch(["c", "c"], 4)];
  const before = table(parts);
  const after = await scored(head, before);
  expect(messagesOf(before).length).toBe(5);
  expect(passedOn(before, after)).toBe(true);
  expect(Array.from(tableFromIPC(after).getChild("name") ?? [])).toEqual(
    Array.from(tableFromIPC(before).getChild("name") ?? []),
  );
});

test("any rows, nulls and lists", async () => {
  const numbers = fc.float({ noNaN: true, min: -1000, max: 1000 });
  const some = fc.array(numbers, { minLength: WIDTH, maxLength: WIDTH });
  const wish = fc.record({
    rows: fc.array(fc.option(some, { nil: null, freq: 3 }), { minLength: 1, maxLength: 40 }),
    cut: fc.nat(40),
    list: fc.constantFrom<ListName>("fixed", "list", "large"),
    number: fc.constantFrom<NumberName>("f16", "f32", "f64"),
    kind: fc.constantFrom("stream" as const, "file" as const),
    before: fc.nat(50),
    top: fc.constantFrom(1, 2, 7),
    memory: fc.constantFrom(2 ** 24, 2 ** 28),
  });
  await fc.assert(
    fc.asyncProperty(wish, async ({ rows, cut, list, number, kind, before, top, memory }) => {
      const batches = [rows.slice(0, cut), rows.slice(cut)].map((part) => [
        features("x", part, { width: WIDTH, list, number, before }),
      ]);
      const bytes = table(batches, kind);
      const after = await scored(head, bytes, { top, memory });
      expect(passedOn(bytes, after)).toBe(true);
      check(
        after,
        rows.map((numbers) => numbers?.map(AS[number]) ?? null),
        top,
      );
    }),
    { numRuns: 60 },
  );
});

test("tensors are features as long as their axes are in order", async () => {
  const tensor = (shape: unknown, permutation?: unknown) =>
    table([
      [
        features("x", [row(1)], {
          width: WIDTH,
          metadata: new Map([
            ["ARROW:extension:name", "arrow.fixed_shape_tensor"],
            ["ARROW:extension:metadata", JSON.stringify({ shape, permutation })],
          ]),
        }),
      ],
    ]);
  for (const bytes of [tensor([WIDTH]), tensor([4, 5]), tensor([1, WIDTH], [1, 0]), tensor([4, 5], [0, 1])]) {
    const after = await scored(head, bytes);
    check(after, [row(1)], 1);
    const { metadata } = tableFromIPC(after).schema.fields[0];
    expect(metadata).toEqual(tableFromIPC(bytes).schema.fields[0].metadata);
  }
  await expect(scored(head, tensor([4, 5], [1, 0]))).rejects.toThrow("permuted axes");
  await expect(scored(head, tensor([4, 4]))).rejects.toThrow("the shape [4,4], but hold 20 numbers");
  await expect(scored(head, tensor([4, 5], [0, 0]))).rejects.toThrow("in the order [0,0]");
  await expect(scored(head, tensor(undefined))).rejects.toThrow("the shape undefined");
});

test("the column of features is the only possible one, or the one named", async () => {
  const two = table([
    [
      features("a", [row(1)], { width: WIDTH }),
      features("b", [row(2)], { width: WIDTH, list: "list" }),
      features("c", [[1, 2]], { width: 2 }),
      column("d", vectorFromArray(["x"], new Utf8())),
    ],
  ]);
  await expect(scored(head, two)).rejects.toThrow(
    'several columns that may be features: "a", "b". Choose one by --features',
  );
  check(await scored(head, two, { features: "b" }), [row(2)], 1);
  await expect(scored(head, two, { features: "c" })).rejects.toThrow(
    '"c" has 2 numbers a row, but the head takes 20',
  );
  await expect(scored(head, two, { features: "d" })).rejects.toThrow('"d" is not a list');
  await expect(scored(head, two, { features: "e" })).rejects.toThrow(
    'no column "e"; it has "a", "b", "c", "d"',
  );
  const none = table([[column("d", vectorFromArray(["x"], new Utf8()))]]);
  await expect(scored(head, none)).rejects.toThrow("no column of features");
  const taken = table([
    [features("x", [row(1)], { width: WIDTH }), column("score", vectorFromArray(["x"], new Utf8()))],
  ]);
  await expect(scored(head, taken)).rejects.toThrow(
    'a column "score" already; give another name by --prefix',
  );
});
