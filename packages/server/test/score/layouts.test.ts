import {
  Binary,
  Bool,
  type DataType,
  DateDay,
  Decimal,
  DenseUnion,
  Dictionary,
  DurationMicrosecond,
  Field,
  FixedSizeBinary,
  Float64,
  Int8,
  Int32,
  Int64,
  IntervalMonthDayNano,
  LargeBinary,
  LargeUtf8,
  List,
  Map_,
  makeData,
  Null,
  SparseUnion,
  Struct,
  TimeMillisecond,
  TimestampNanosecond,
  tableFromIPC,
  Utf8,
  type Vector,
  vectorFromArray,
} from "apache-arrow";
import { Message } from "apache-arrow/fb/message";
import { ByteBuffer } from "flatbuffers";
import { expect, test } from "vitest";
import { END, frame } from "../../src/score/arrow/message.js";
import { headOf } from "../support/models.js";
import { checkRow } from "./support/expected.js";
import { messagesOf, passedOn } from "./support/messages.js";
import { withBatchMetadata } from "./support/packed.js";
import { scored } from "./support/run.js";
import { type Column, column, features, others, table } from "./support/tables.js";

const WIDTH = 20;
const head = headOf();
const row = (seed: number): number[] =>
  Array.from({ length: WIDTH }, (_, i) => Math.sin(1.7 * i + seed * seed));
const ROWS = [row(1), null, row(2)];

const of = (name: string, values: readonly unknown[], type: DataType): Column =>
  column(name, vectorFromArray(values as unknown[], type) as Vector);

const ints = [new Field("a", new Int32()), new Field("b", new Utf8())];
const childrenOf = (length: number) => [
  makeData({ type: new Int32(), data: Int32Array.from({ length }, (_, k) => k) }),
  (
    vectorFromArray(
      Array.from({ length }, (_, k) => `${k}`),
      new Utf8(),
    ) as Vector<Utf8>
  ).data[0],
];
const entries = new Field(
  "entries",
  new Struct([new Field("key", new Utf8(), false), new Field("value", new Int32())]),
  false,
);

/** Columns of every kind, so that a wrong count of one's buffers would put the features elsewhere. */
const KINDS: readonly (() => Column)[] = [
  () => of("null", [null, null, null], new Null()),
  () => of("bool", [true, null, false], new Bool()),
  () => of("int64", [1n, null, 3n], new Int64()),
  () => of("binary", [Uint8Array.of(1), null, Uint8Array.of(2, 3)], new Binary()),
  () => of("large binary", [Uint8Array.of(1), null, Uint8Array.of(2, 3)], new LargeBinary()),
  () => of("large utf8", ["a", null, "ü"], new LargeUtf8()),
  () => of("fixed", [Uint8Array.of(1, 2), null, Uint8Array.of(2, 3)], new FixedSizeBinary(2)),
  () => of("decimal", [Uint32Array.of(1, 0, 0, 0), null, Uint32Array.of(2, 0, 0, 0)], new Decimal(2, 10)),
  () => of("date", [new Date(0), null, new Date(86_400_000)], new DateDay()),
  () => of("time", [1, null, 3], new TimeMillisecond()),
  () => of("timestamp", [1, null, 3], new TimestampNanosecond("UTC")),
  () => of("duration", [1n, null, 3n], new DurationMicrosecond()),
  () => of("list", [["a"], null, ["b", null]], new List(new Field("item", new Utf8()))),
  () => of("struct", [{ a: 1, b: "x" }, null, { a: 2, b: null }], new Struct(ints)),
  () => of("dictionary", ["a", null, "a"], new Dictionary(new Utf8(), new Int8())),
  () => of("map", [new Map([["k", 1]]), null, new Map()], new Map_(entries as never)),
  () => {
    const type = new SparseUnion(Int32Array.of(0, 1), ints);
    const data = makeData({
      type,
      length: 3,
      typeIds: Int8Array.of(0, 1, 0),
      children: childrenOf(3) as never,
    });
    return { field: new Field("sparse union", type, true), data: data as never };
  },
  () => {
    const type = new DenseUnion(Int32Array.of(0, 1), ints);
    const data = makeData({
      type,
      length: 3,
      typeIds: Int8Array.of(0, 1, 0),
      valueOffsets: Int32Array.of(0, 0, 1),
      children: childrenOf(2) as never,
    });
    return { field: new Field("dense union", type, true), data: data as never };
  },
  () => {
    const type = new IntervalMonthDayNano();
    const data = makeData({ type, length: 3, data: new Int32Array(12) });
    return { field: new Field("interval", type, true), data: data as never };
  },
  () => of("float", [1, null, 3], new Float64()),
];

test.each(["stream", "file"] as const)(
  "columns of every kind go through a %s before and behind the features",
  async (kind) => {
    const columns = KINDS.map((make) => make());
    const x = features("x", ROWS, { width: WIDTH, list: "list" });
    const cases = [...columns.map((one) => [one, x, one]), [...columns, x, ...columns]];
    for (const some of cases) {
      const named = some.map(({ field, data }, k) => ({
        field: field.clone({ name: `${field.name} ${k}` } as never),
        data,
      }));
      const bytes = table([named], kind);
      const after = await scored(head, bytes);
      expect(passedOn(bytes, after)).toBe(true);
      const result = tableFromIPC(after);
      ROWS.forEach((numbers, r) => {
        checkRow(
          Object.fromEntries(
            ["class", "score", "probability", "energy"].map((name) => [name, result.getChild(name)?.get(r)]),
          ),
          head,
          numbers,
          1,
        );
      });
      expect(result.schema.fields.slice(0, some.length).map(String)).toEqual(
        tableFromIPC(bytes).schema.fields.map(String),
      );
    }
  },
);

test("streams from before the mark of messages are read too", async () => {
  const bytes = table([[...others(3), features("x", ROWS, { width: WIDTH })]]);
  const old = messagesOf(bytes).flatMap(({ metadata, body }) => [frame(metadata).subarray(4), body]);
  // Without the mark a message is 4 bytes less, and its end mark is a length of zero.
  const before = new Uint8Array(Buffer.concat([...old, new Uint8Array(4)]));
  const after = await scored(head, before);
  expect(Buffer.compare(after, await scored(head, bytes))).toBe(0);
});

test("a stream without an end mark ends where it ends", async () => {
  const bytes = table([[features("x", ROWS, { width: WIDTH })]]);
  const after = await scored(head, bytes.subarray(0, bytes.length - END.length));
  expect(Buffer.compare(after, await scored(head, bytes))).toBe(0);
});

test("metadata of a batch's message stays with it", async () => {
  const bytes = withBatchMetadata(table([[features("x", ROWS, { width: WIDTH })]]), "part", "7 ü");
  const after = await scored(head, bytes);
  const [, batch] = messagesOf(after);
  const message = Message.getRootAsMessage(new ByteBuffer(batch.metadata));
  const found = Array.from({ length: message.customMetadataLength() }, (_, k) => message.customMetadata(k));
  expect(found.map((entry) => [entry?.key(), entry?.value()])).toEqual([["part", "7 ü"]]);
  expect(passedOn(bytes, after)).toBe(true);
});
