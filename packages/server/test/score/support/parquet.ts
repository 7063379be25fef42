import { float16Bits } from "fixed-classifier-models/half";
import { parquetReadObjects } from "hyparquet";
import { I32, I64, LIST, STRUCT, Struct, writeStruct } from "../../../src/score/parquet/thrift.js";
import type { NumberName } from "./tables.js";

/** How a file is written by hand. */
export interface Making {
  readonly number: NumberName;
  readonly encoding: "plain" | "dictionary" | "split";
  /** Entries of a page; a row may go on in the next one. */
  readonly pageEntries: number;
  readonly groupRows: number;
  /** Pages of the first kind pack levels and numbers together, those of the second only numbers. */
  readonly pages: 1 | 2;
  readonly items?: "optional" | "required";
}

const PHYSICAL = { f16: 7, f32: 4, f64: 5 } as const;
const SIZE = { f16: 2, f32: 4, f64: 8 } as const;
const ENCODING = { plain: 0, dictionary: 8, split: 9 } as const;
const BINARY = 8;
const RLE = 3;
const text = (value: string): Uint8Array => Buffer.from(value);

type Row = readonly (number | null)[] | null;

/** A file with one column "x" of lists, byte by byte. */
export function parquetOf(rows: readonly Row[], making: Making): Uint8Array {
  const { number, groupRows, items = "optional" } = making;
  const parts: Uint8Array[] = [text("PAR1")];
  let at = 4;
  const groups: Struct[] = [];
  for (let first = 0; first < rows.length; first += groupRows) {
    const some = rows.slice(first, first + groupRows);
    const start = at;
    const { pages, entries, dictionary } = pagesOf(some, making);
    for (const page of pages) {
      parts.push(page);
      at += page.length;
    }
    const meta = Struct.of(
      [1, I32, PHYSICAL[number]],
      [2, LIST, { element: I32, items: [ENCODING[making.encoding], RLE] }],
      [3, LIST, { element: BINARY, items: ["x", "list", "element"].map(text) }],
      [4, I32, 0],
      [5, I64, BigInt(entries)],
      [6, I64, BigInt(at - start)],
      [7, I64, BigInt(at - start)],
      [9, I64, BigInt(start + (dictionary ? pages[0].length : 0))],
    );
    if (dictionary) meta.set(11, I64, BigInt(start));
    const chunk = Struct.of([2, I64, BigInt(start)], [3, STRUCT, meta]);
    groups.push(
      Struct.of(
        [1, LIST, { element: STRUCT, items: [chunk] }],
        [2, I64, BigInt(at - start)],
        [3, I64, BigInt(some.length)],
      ),
    );
  }
  const element = Struct.of(
    [1, I32, PHYSICAL[number]],
    [3, I32, items === "optional" ? 1 : 0],
    [4, BINARY, text("element")],
  );
  if (number === "f16") {
    element.set(2, I32, 2);
    element.set(10, STRUCT, Struct.of([15, STRUCT, new Struct()]));
  }
  const schema = [
    Struct.of([4, BINARY, text("schema")], [5, I32, 1]),
    Struct.of([3, I32, 1], [4, BINARY, text("x")], [5, I32, 1], [6, I32, 3]),
    Struct.of([3, I32, 2], [4, BINARY, text("list")], [5, I32, 1]),
    element,
  ];
  const footer = writeStruct(
    Struct.of(
      [1, I32, 2],
      [2, LIST, { element: STRUCT, items: schema }],
      [3, I64, BigInt(rows.length)],
      [4, LIST, { element: STRUCT, items: groups }],
    ),
  );
  const length = new Uint8Array(4);
  new DataView(length.buffer).setUint32(0, footer.length, true);
  return new Uint8Array(Buffer.concat([...parts, footer, length, text("PAR1")]));
}

function pagesOf(rows: readonly Row[], { number, encoding, pageEntries, pages: kind, items }: Making) {
  const most = items === "required" ? 2 : 3;
  const entries = rows.flatMap((row) =>
    row === null
      ? [{ rep: 0, def: 0, value: null }]
      : row.length === 0
        ? [{ rep: 0, def: 1, value: null }]
        : row.map((value, k) => ({ rep: k === 0 ? 0 : 1, def: value === null ? 2 : most, value })),
  );
  const values = entries.map(({ value }) => value).filter((value) => value !== null);
  const distinct = [...new Set(values)];
  const pages: Uint8Array[] = [];
  if (encoding === "dictionary") {
    const content = plain(distinct, number);
    const header = Struct.of(
      [1, I32, 2],
      [2, I32, content.length],
      [3, I32, content.length],
      [7, STRUCT, Struct.of([1, I32, distinct.length], [2, I32, 0])],
    );
    pages.push(joined(writeStruct(header), content));
  }
  for (let first = 0; first < entries.length; first += pageEntries) {
    const some = entries.slice(first, first + pageEntries);
    const numbers = some.map(({ value }) => value).filter((value) => value !== null);
    const rep = levels(
      some.map((entry) => entry.rep),
      1,
    );
    const def = levels(
      some.map((entry) => entry.def),
      2,
    );
    const content =
      encoding === "plain"
        ? plain(numbers, number)
        : encoding === "split"
          ? split(plain(numbers, number), SIZE[number])
          : joined(
              Uint8Array.of(16),
              levels(
                numbers.map((value) => distinct.indexOf(value)),
                16,
              ),
            );
    const [type, id] = kind === 1 ? [0, 5] : [3, 8];
    const body = kind === 1 ? joined(sized(rep), sized(def), content) : joined(rep, def, content);
    const own =
      kind === 1
        ? Struct.of([1, I32, some.length], [2, I32, ENCODING[encoding]], [3, I32, RLE], [4, I32, RLE])
        : Struct.of(
            [1, I32, some.length],
            [2, I32, some.length - numbers.length],
            [3, I32, some.filter((entry) => entry.rep === 0).length],
            [4, I32, ENCODING[encoding]],
            [5, I32, def.length],
            [6, I32, rep.length],
          );
    const header = Struct.of([1, I32, type], [2, I32, body.length], [3, I32, body.length], [id, STRUCT, own]);
    pages.push(joined(writeStruct(header), body));
  }
  return { pages, entries: entries.length, dictionary: encoding === "dictionary" };
}

const joined = (...parts: Uint8Array[]): Uint8Array => new Uint8Array(Buffer.concat(parts));

function sized(bytes: Uint8Array): Uint8Array {
  const length = new Uint8Array(4);
  new DataView(length.buffer).setUint32(0, bytes.length, true);
  return joined(length, bytes);
}

/** Runs of more than eight, and groups of eight packed bits for the others, as writers mix them. */
export function levels(all: readonly number[], width: number): Uint8Array {
  const bytes: number[] = [];
  const varint = (value: number): void => {
    let rest = value;
    for (; rest > 127; rest >>>= 7) bytes.push((rest & 127) | 128);
    bytes.push(rest);
  };
  for (let at = 0; at < all.length; ) {
    let end = at;
    while (end < all.length && all[end] === all[at]) end++;
    if (end - at > 8) {
      varint((end - at) * 2);
      for (let k = 0; k < width; k += 8) bytes.push((all[at] >>> k) & 255);
      at = end;
      continue;
    }
    varint(3);
    let bits = 0n;
    for (let k = 0; k < 8; k++) bits |= BigInt(all[at + k] ?? 0) << BigInt(k * width);
    for (let k = 0; k < width; k++) bytes.push(Number((bits >> BigInt(8 * k)) & 255n));
    at += 8;
  }
  return Uint8Array.from(bytes);
}

function plain(values: readonly number[], number: NumberName): Uint8Array {
  const array =
    number === "f16"
      ? Uint16Array.from(values, float16Bits)
      : number === "f32"
        ? Float32Array.from(values)
        : Float64Array.from(values);
  return new Uint8Array(array.buffer);
}

function split(bytes: Uint8Array, size: number): Uint8Array {
  const count = bytes.length / size;
  return Uint8Array.from(
    { length: bytes.length },
    (_, k) => bytes[(k % count) * size + Math.floor(k / count)],
  );
}

/** The rows of a file as a library reads them. */
export const objectsOf = (bytes: Uint8Array): Promise<Record<string, unknown>[]> =>
  parquetReadObjects({ file: new Uint8Array(bytes).buffer });
