/** What was written is what is read, for every format and kind of number. */
import { Dictionary, Int32, Table, tableFromArrays, tableToIPC, Utf8, vectorFromArray } from "apache-arrow";
import { zipSync } from "fflate";
import { parquetWriteBuffer } from "hyparquet-writer";
import { describe, expect, test } from "vitest";
import { type DataOptions, estimateMemory, type Loaded, loadDataset } from "../../src/data/index.js";
import { rowsOf } from "../support/inputs.js";
import { bytesOf, folder, idx, npy, reversed, safetensors, write } from "../support/writers.js";

const all: DataOptions = { validation: 0, test: 0, standardize: false };
const read = ({ train: { inputs, labels }, classes }: Loaded) => ({
  rows: rowsOf(inputs),
  labels: Array.from(labels, (label) => classes[label]),
});

const ROWS = 12;
const WIDTH = 3;
const NAMES = ["zwei", "eins", "drei"];
/** Small whole numbers, which every kind of number can hold. */
const value = (row: number, column: number): number => (5 * row + 3 * column) % 16;
const rows = Array.from({ length: ROWS }, (_, row) =>
  Array.from({ length: WIDTH }, (_, column) => value(row, column)),
);
const flat = rows.flat();
const numbers = rows.map((_, row) => String(row % 3));
const names = rows.map((_, row) => NAMES[row % 3]);
const y = npy(Uint8Array.from(numbers, Number), { type: "|u1", shape: [ROWS] });

/** float16 and bfloat16 of whole numbers from 0 to 15. */
const half = (n: number): number =>
  n === 0 ? 0 : ((Math.floor(Math.log2(n)) + 15) << 10) | ((n / 2 ** Math.floor(Math.log2(n)) - 1) * 1024);
const brain = (n: number): number => new Uint32Array(Float32Array.of(n).buffer)[0] >>> 16;
const big = (values: readonly number[]): bigint[] => values.map(BigInt);

const kinds = [
  ["i1", "I8", Int8Array.from(flat)],
  ["u2", "U16", Uint16Array.from(flat)],
  ["i2", "I16", Int16Array.from(flat)],
  ["u4", "U32", Uint32Array.from(flat)],
  ["i4", "I32", Int32Array.from(flat)],
  ["u8", "U64", BigUint64Array.from(big(flat))],
  ["i8", "I64", BigInt64Array.from(big(flat))],
  ["f2", "F16", Uint16Array.from(flat, half)],
  ["f4", "F32", Float32Array.from(flat)],
  ["f8", "F64", Float64Array.from(flat)],
] as const;

describe.each(kinds)("NumPy's %s", (type, _, values) => {
  test.each([
    ["the least significant byte first", { type: `<${type}` }, bytesOf(values)],
    ["the most significant byte first", { type: `>${type}` }, reversed(values)],
    ["the second version", { type: `<${type}`, version: 2 }, bytesOf(values)],
    ["the third version", { type: `<${type}`, version: 3 }, bytesOf(values)],
  ])("%s", async (_, options, bytes) => {
    const here = folder();
    const file = write(`${here}/x.npy`, npy(bytes, { ...options, shape: [ROWS, WIDTH] }));
    const inMemory = await loadDataset([file, write(`${here}/y.npy`, y)], all);
    expect(read(inMemory)).toEqual({ rows, labels: numbers });
    expect(inMemory.train.inputs.bytes).toBe(bytes.length);
    const onDisc = await loadDataset([here], { ...all, memory: bytes.length - 1 });
    expect(onDisc.train.inputs.bytes).toBe(0);
    expect(read(onDisc)).toEqual({ rows, labels: numbers });
    expect(onDisc.hash).toBe(inMemory.hash);
    expect(await estimateMemory([here])).toMatchObject({ bytes: bytes.length + ROWS, disc: 0 });
    expect(await estimateMemory([here], { memory: bytes.length - 1 })).toMatchObject({
      bytes: ROWS,
      disc: bytes.length,
    });
  });

  test("by columns", async () => {
    const here = folder();
    const turned = values.slice();
    for (let k = 0; k < values.length; k++) turned[(k % WIDTH) * ROWS + Math.floor(k / WIDTH)] = values[k];
    write(`${here}/x.npy`, npy(bytesOf(turned), { type: `<${type}`, shape: [ROWS, WIDTH], byColumns: true }));
    write(`${here}/y.npy`, y);
    expect(read(await loadDataset([here], all))).toEqual({ rows, labels: numbers });
  });

  test("as labels", async () => {
    const here = folder();
    const column = values.slice(0, ROWS);
    const x = write(
      `${here}/x.npy`,
      npy(bytesOf(Float32Array.from(flat)), { type: "<f4", shape: [ROWS, WIDTH] }),
    );
    const labels = write(`${here}/y.npy`, npy(bytesOf(column), { type: `<${type}`, shape: [ROWS] }));
    const data = await loadDataset([x, labels], all);
    expect(read(data).labels).toEqual(flat.slice(0, ROWS).map(String));
    expect(data.classes.map(Number)).toEqual([...new Set(flat.slice(0, ROWS))].sort((a, b) => a - b));
  });
});

test("an array of four axes, by columns, is turned as one of two is", async () => {
  const here = folder();
  const shape = [4, 2, 3, 5];
  const at = (i: number, j: number, k: number, l: number) => 1000 * i + 100 * j + 10 * k + l;
  const turned = new Float32Array(120);
  const wanted: number[][] = [[], [], [], []];
  for (let i = 0; i < 4; i++)
    for (let j = 0; j < 2; j++)
      for (let k = 0; k < 3; k++)
        for (let l = 0; l < 5; l++) {
          turned[i + 4 * (j + 2 * (k + 3 * l))] = at(i, j, k, l);
          wanted[i].push(at(i, j, k, l));
        }
  write(`${here}/x.npy`, npy(bytesOf(turned), { type: "<f4", shape, byColumns: true }));
  write(`${here}/y.npy`, npy(Uint8Array.of(0, 1, 0, 1), { type: "|u1", shape: [4, 1] }));
  const data = await loadDataset([here], all);
  expect(data.train.inputs.shape).toEqual([2, 3, 5]);
  expect(rowsOf(data.train.inputs)).toEqual(wanted);
});

test.each([
  [8, "uint8", Uint8Array.from(flat)],
  [9, "int8", Int8Array.from(flat)],
  [11, "int16", Int16Array.from(flat)],
  [12, "int32", Int32Array.from(flat)],
  [13, "float32", Float32Array.from(flat)],
  [14, "float64", Float64Array.from(flat)],
])("IDX of type %i, %s, packed or not, in memory or on disc", async (type, _, values) => {
  const here = folder();
  const labels = idx(Uint8Array.from(numbers, Number), 8, [ROWS]);
  write(`${here}/plain/train-images-idx2-x`, idx(reversed(values), type, [ROWS, WIDTH]));
  write(`${here}/plain/train-labels-idx1-ubyte`, labels);
  write(`${here}/packed/train-images.idx2.gz`, idx(reversed(values), type, [ROWS, WIDTH]));
  write(`${here}/packed/train-labels.idx1.gz`, labels);
  const plain = await loadDataset([`${here}/plain`], { ...all, memory: 20 });
  expect(plain.train.inputs.bytes).toBe(0);
  expect(read(plain)).toEqual({ rows, labels: numbers });
  const packed = await loadDataset([`${here}/packed`], { ...all, memory: 20 });
  expect(packed.train.inputs.bytes).toBe(values.byteLength);
  expect(packed.hash).toBe(plain.hash);
});

test("NumPy archives and safetensors of every kind, all alike", async () => {
  const here = folder();
  const hashes = new Set<string>();
  for (const [type, tensor, values] of kinds) {
    const path = write(
      `${here}/${type}.npz`,
      zipSync({
        "x.npy": npy(bytesOf(values), { type: `<${type}`, shape: [ROWS, WIDTH] }),
        "y.npy": [y, { level: 0 }],
      }),
    );
    const archive = await loadDataset([path], all);
    expect(read(archive)).toEqual({ rows, labels: numbers });
    expect((await estimateMemory([path])).bytes).toBeGreaterThan(values.byteLength);
    const same = write(
      `${here}/${type}.safetensors`,
      safetensors([
        ["features", tensor, [ROWS, WIDTH], bytesOf(values)],
        ["labels", "U8", [ROWS], Uint8Array.from(numbers, Number)],
      ]),
    );
    const tensors = await loadDataset([same], { ...all, memory: 20 });
    expect(read(tensors)).toEqual({ rows, labels: numbers });
    expect(tensors.train.inputs.bytes).toBe(0);
    hashes.add(archive.hash).add(tensors.hash);
  }
  expect(hashes.size).toBe(1);
  const brains = write(
    `${here}/brains.safetensors`,
    safetensors([
      ["train_x", "BF16", [ROWS, WIDTH], bytesOf(Uint16Array.from(flat, brain))],
      ["train_y", "I64", [ROWS], bytesOf(BigInt64Array.from(big(numbers.map(Number))))],
    ]),
  );
  expect([...hashes]).toEqual([(await loadDataset([brains], all)).hash]);
});

const columns = { a: 0, b: 1, c: 2 };
const csvOf = (separator: string): string =>
  [["a", "b", "c", "label"], ...rows.map((row, i) => [...row, names[i]])]
    .map((line) => line.join(separator))
    .join("\n");

const tables: readonly (readonly [string, () => Uint8Array | string])[] = [
  ["table.csv", () => csvOf(",")],
  ["table.csv.gz", () => csvOf(";")],
  ["table.tsv", () => `\ufeff${csvOf("\t").replaceAll("\n", "\r\n")}\r\n`],
  [
    "table.parquet",
    () =>
      new Uint8Array(
        parquetWriteBuffer({
          columnData: [
            ...Object.entries(columns).map(([name, k]) => ({ name, data: rows.map((row) => row[k]) })),
            { name: "label", data: names },
          ],
          rowGroupSize: 5,
        }),
      ),
  ],
  [
    "table.arrow",
    () =>
      tableToIPC(
        tableFromArrays({
          a: Int32Array.from(rows, (row) => row[0]),
          b: Float64Array.from(rows, (row) => row[1]),
          c: BigInt64Array.from(rows, (row) => BigInt(row[2])),
          label: names,
        }),
        "file",
      ),
  ],
  [
    "table.arrows",
    () =>
      tableToIPC(
        new Table({
          a: vectorFromArray(
            rows.map((row) => row[0]),
            new Int32(),
          ),
          b: vectorFromArray(rows.map((row) => row[1])),
          c: vectorFromArray(rows.map((row) => row[2])),
          label: vectorFromArray(names, new Dictionary(new Utf8(), new Int32())),
        }),
        "stream",
      ),
  ],
];

test.each(tables)("%s", async (name, content) => {
  const here = folder();
  const data = await loadDataset([write(`${here}/${name}`, content())], all);
  expect(data.name).toBe("table");
  expect(data.classes).toEqual(["drei", "eins", "zwei"]);
  expect(read(data)).toEqual({ rows, labels: names });
});

test("all tables with the same content have the same hash", async () => {
  const here = folder();
  const hashes = new Set<string>();
  for (const [name, content] of tables)
    hashes.add((await loadDataset([write(`${here}/${name}`, content())])).hash);
  expect(hashes.size).toBe(1);
});

test("an archive with labels of several kinds: the array asked for", async () => {
  const here = folder();
  const x = npy(bytesOf(Float32Array.from(flat)), { type: "<f4", shape: [ROWS, WIDTH] });
  const fine = npy(Buffer.from(names.join("")), { type: "|S4", shape: [ROWS] });
  const path = write(`${here}/a.npz`, zipSync({ "x.npy": x, "labels.npy": y, "fine.npy": fine }));
  expect(read(await loadDataset([path], all)).labels).toEqual(numbers);
  expect(read(await loadDataset([path], { ...all, label: "fine" })).labels).toEqual(names);
});

test("inputs in one kind of file, labels in another", async () => {
  const here = folder();
  const x = write(
    `${here}/x.npy`,
    npy(bytesOf(Float32Array.from(flat)), { type: "<f4", shape: [ROWS, WIDTH] }),
  );
  const labels: [string, string | Uint8Array][] = [
    ["y.txt", `${names.join("\n")}\n`],
    ["y.txt.gz", names.join("\r\n")],
    ["y.csv", `name\n${names.join("\n")}`],
    ["u.npy", npy(Buffer.from(names.join("")), { type: "|S4", shape: [ROWS] })],
    [
      "v.npy",
      npy(bytesOf(Uint32Array.from(names.join(""), (letter) => letter.codePointAt(0) ?? 0)), {
        type: "<U4",
        shape: [ROWS],
      }),
    ],
  ];
  const hashes = new Set<string>();
  for (const [name, content] of labels) {
    const data = await loadDataset([x, write(`${here}/${name}`, content)], all);
    expect(read(data)).toEqual({ rows, labels: names });
    hashes.add(data.hash);
  }
  expect(hashes.size).toBe(1);
  const table = write(`${here}/t.csv`, rows.map((row) => row.join(",")).join("\n"));
  expect(read(await loadDataset([table, `${here}/y.txt`], all))).toEqual({ rows, labels: names });
});
