import {
  Binary,
  type DataType,
  Field,
  FixedSizeList,
  Float16,
  Float32,
  Float64,
  LargeList,
  List,
  makeData,
  RecordBatch,
  RecordBatchFileWriter,
  RecordBatchStreamWriter,
  Schema,
  Struct,
  Utf8,
  type Vector,
  vectorFromArray,
} from "apache-arrow";
import { float16Bits } from "fixed-classifier-models/half";

export type NumberName = "f16" | "f32" | "f64";
export type ListName = "fixed" | "list" | "large";

const NUMBERS = { f16: () => new Float16(), f32: () => new Float32(), f64: () => new Float64() };

export interface ColumnOptions {
  readonly width: number;
  readonly list?: ListName;
  readonly number?: NumberName;
  /** Numbers before the first list, as in a slice. */
  readonly before?: number;
  readonly metadata?: Map<string, string>;
  readonly itemName?: string;
}

export function typeOf({
  width,
  list = "fixed",
  number = "f32",
  itemName = "item",
}: ColumnOptions): DataType {
  const item = new Field(itemName, NUMBERS[number](), true);
  if (list === "fixed") return new FixedSizeList(width, item);
  return list === "list" ? new List(item) : new LargeList(item);
}

/** A column of features of rows that are numbers or null; numbers that are null make the list's element null. */
export function dataOf(rows: readonly (ArrayLike<number | null> | null)[], options: ColumnOptions) {
  const { width, list = "fixed", number = "f32", before = 0 } = options;
  const flat: (number | null)[] = list === "fixed" ? [] : Array.from({ length: before }, () => 77);
  const offsets = [flat.length];
  for (const row of rows) {
    if (row !== null) flat.push(...Array.from(row));
    else if (list === "fixed") flat.push(...Array.from({ length: width }, () => 55));
    offsets.push(flat.length);
  }
  const nulls = rows.filter((row) => row === null).length;
  const inner = flat.filter((value) => value === null).length;
  const numbers = flat.map((value) => value ?? 33);
  const data =
    number === "f16"
      ? Uint16Array.from(numbers, float16Bits)
      : number === "f32"
        ? Float32Array.from(numbers)
        : Float64Array.from(numbers);
  const child = makeData({
    type: NUMBERS[number]() as Float32,
    data: data as Float32Array,
    length: flat.length,
    nullCount: inner,
    ...(inner > 0 && { nullBitmap: bits(flat) }),
  });
  const common = {
    length: rows.length,
    nullCount: nulls,
    child,
    ...(nulls > 0 && { nullBitmap: bits(rows) }),
  };
  const type = typeOf(options);
  if (list === "fixed") return makeData({ type: type as FixedSizeList, ...common });
  return list === "list"
    ? makeData({ type: type as List, valueOffsets: Int32Array.from(offsets), ...common })
    : makeData({
        type: type as LargeList,
        valueOffsets: BigInt64Array.from(offsets, BigInt),
        ...common,
      });
}

function bits(values: readonly unknown[]): Uint8Array {
  const bytes = new Uint8Array(Math.ceil(values.length / 8));
  values.forEach((value, k) => {
    if (value !== null) bytes[k >>> 3] |= 1 << (k & 7);
  });
  return bytes;
}

/** A column as a batch takes it. */
export interface Column {
  readonly field: Field;
  readonly data: Vector["data"][number] | ReturnType<typeof dataOf>;
}

export const column = (name: string, vector: Vector, metadata?: Map<string, string>): Column => ({
  field: new Field(name, vector.type, true, metadata),
  data: vector.data[0],
});

export const features = (
  name: string,
  rows: readonly (ArrayLike<number | null> | null)[],
  options: ColumnOptions,
): Column => ({
  field: new Field(name, typeOf(options), true, options.metadata),
  data: dataOf(rows, options),
});

/** Some other columns, with nulls among them. */
export function others(rows: number, seed = 0): Column[] {
  const numbers = Array.from({ length: rows }, (_, r) => r + seed);
  const unless = <T>(r: number, value: T) => (r % 5 === 2 ? null : value);
  return [
    column(
      "name",
      vectorFromArray(
        numbers.map((r) => unless(r, `row ${r} ü`)),
        new Utf8(),
      ),
    ),
    column(
      "bytes",
      vectorFromArray(
        numbers.map((r) => Uint8Array.of(r, r + 1)),
        new Binary(),
      ),
      new Map([["unit", "bytes"]]),
    ),
    column("count", vectorFromArray(numbers.map((r) => unless(r, BigInt(r))))),
  ];
}

/** Batches of the same columns as a stream or a file. */
export function table(
  batches: readonly (readonly Column[])[],
  kind: "stream" | "file" = "stream",
  { metadata, rows }: { metadata?: Map<string, string>; rows?: number } = {},
): Uint8Array {
  const schema = new Schema(
    batches[0].map(({ field }) => field),
    metadata,
  );
  const writer = kind === "stream" ? new RecordBatchStreamWriter() : new RecordBatchFileWriter();
  writer.reset(undefined, schema);
  for (const columns of batches) {
    const length = rows ?? columns[0].data.length;
    if (length === 0 && batches.length === 1) continue;
    writer.write(
      new RecordBatch(
        schema,
        makeData({
          type: new Struct(schema.fields),
          length,
          nullCount: 0,
          children: columns.map(({ data }) => data as never),
        }),
      ),
    );
  }
  writer.finish();
  return writer.toUint8Array(true);
}
