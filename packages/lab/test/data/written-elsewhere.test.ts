/** Files that NumPy, PyArrow and safetensors wrote (fixtures/make.py), against the formulas that are in them. */
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { lz4Frame } from "../../src/data/formats/lz4.js";
import { type DataOptions, type Loaded, loadDataset } from "../../src/data/index.js";
import { rowsOf } from "../support/inputs.js";

const fixture = (name: string): string => fileURLToPath(new URL(`fixtures/${name}`, import.meta.url));
const ROWS = 40;
const FRUIT = ["birne", "citrus", "dattel", "äpfel"];
const NAMES = ["äpfel", "birne", "citrus", "dattel"];
const x = Array.from({ length: ROWS }, (_, i) =>
  Array.from({ length: 5 }, (_, j) => ((7 * i + 3 * j) % 64) / 16 - 2),
);

const all: DataOptions = { validation: 0, test: 0, standardize: false };
/** With nothing split off, rows are in the order of the file. */
const train = ({ train: { inputs, labels }, classes }: Loaded) => ({
  rows: rowsOf(inputs),
  labels: Array.from(labels, (label) => classes[label]),
});

test("an archive of NumPy, and a safetensors file", async () => {
  const archive = await loadDataset([fixture("plain.npz")], all);
  expect(train(archive)).toEqual({ rows: x, labels: x.map((_, i) => String(i % 4)) });
  const tensors = await loadDataset([fixture("plain.safetensors")], all);
  expect(train(tensors)).toEqual(train(archive));
  expect(tensors.hash).toBe(archive.hash);
});

test("a packed archive with parts, by columns, the most significant byte first, names as text and as bytes", async () => {
  const data = await loadDataset([fixture("parts.npz")], { validation: 0 });
  expect(data.classes).toEqual(FRUIT);
  expect(train(data)).toEqual({
    rows: x.slice(0, 30),
    labels: x.slice(0, 30).map((_, i) => NAMES[i % 4]),
  });
  expect(rowsOf(data.test.inputs)).toEqual(x.slice(30));
  expect(Array.from(data.test.labels, (label) => data.classes[label])).toEqual(
    x.slice(30).map((_, i) => NAMES[(30 + i) % 4]),
  );
});

describe.each([
  "lz4.feather",
  "zstd.feather",
  "uncompressed.feather",
  "snappy.parquet",
  "zstd.parquet",
  "gzip.parquet",
  "brotli.parquet",
  "lz4.parquet",
])("%s", (name) => {
  test("lists, halves, 64-bit counts, and a dictionary as labels", async () => {
    const data = await loadDataset([fixture(name)], all);
    expect(data.classes).toEqual(FRUIT);
    expect(train(data)).toEqual({
      rows: x.map((row, i) => [...row, row[0], 10 * (i % 4)]),
      labels: x.map((_, i) => NAMES[i % 4]),
    });
  });

  test("a dictionary as categories, and counts as labels", async () => {
    const data = await loadDataset([fixture(name)], { ...all, label: "count", columns: ["half", "fruit"] });
    expect(data.classes).toEqual(["0", "10", "20", "30"]);
    expect(train(data).rows).toEqual(
      x.map((row, i) => [row[0], ...FRUIT.map((fruit) => (fruit === NAMES[i % 4] ? 1 : 0))]),
    );
  });
});

test("LZ4 whose blocks look back at those before them", async () => {
  const data = await loadDataset([fixture("long.feather")], all);
  const { rows, labels } = train(data);
  expect(rows.length).toBe(25_000);
  expect(rows.every(([a], i) => a === i % 250)).toBe(true);
  expect(labels.every((label, i) => label === ["3", "5"][i % 2])).toBe(true);
});

test("a damaged frame of LZ4 is told", () => {
  expect(() => lz4Frame(new Uint8Array(16))).toThrow("no LZ4 frame");
  const frame = Uint8Array.of(
    4,
    0x22,
    0x4d,
    0x18,
    0x60,
    0x40,
    0,
    6,
    0,
    0,
    0,
    0x10,
    65,
    9,
    0,
    0,
    0,
    0,
    0,
    0,
    0,
  );
  expect(() => lz4Frame(frame)).toThrow("damaged");
  expect(() => lz4Frame(frame.subarray(0, 14))).toThrow("cut off");
});
