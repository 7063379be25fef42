import { parquetWriteBuffer } from "hyparquet-writer";
import { expect, test } from "vitest";
import { type DataOptions, type Loaded, loadDataset } from "../../src/data/index.js";
import { rowsOf } from "../support/inputs.js";
import { folder, write } from "../support/writers.js";

const all: DataOptions = { validation: 0, test: 0, standardize: false };
const load = (text: string, options: DataOptions = {}): Promise<Loaded> =>
  loadDataset([write(`${folder()}/t.csv`, text)], { ...all, ...options });
const labelsOf = ({ train: { labels }, classes }: Loaded): string[] =>
  Array.from(labels, (label) => classes[label]);
const notEmpty = ({ notes }: Loaded): string[] => notes.filter((note) => !note.endsWith("part has no rows."));

test("the label column: the one asked for, one that says so, else the last", async () => {
  const text = (names: string): string => `${names}\n1,x,5\n2,y,6\n3,x,5\n`;
  expect(labelsOf(await load(text("a,Label,c")))).toEqual(["x", "y", "x"]);
  expect(labelsOf(await load(text("a,b,c")))).toEqual(["5", "6", "5"]);
  const asked = await load(text("a,label,c"), { label: "c" });
  expect(labelsOf(asked)).toEqual(["5", "6", "5"]);
  expect(rowsOf(asked.train.inputs)).toEqual([
    [1, 1, 0],
    [2, 0, 1],
    [3, 1, 0],
  ]);
  expect(notEmpty(await load(text("a,b,c")))).toContain(
    "The classes are the column c; another one is named by --label.",
  );
});

test("labels of all kinds in tables: 007 stays a name, 3.0 is 3, numbers are sorted as numbers", async () => {
  const rows = ["10", "9", "2.0", "9"].map((label, k) => `${k / 4},${label}`).join("\n");
  expect((await load(`a,label\n${rows}`)).classes).toEqual(["2", "9", "10"]);
  expect((await load("a,label\n0.5,007\n1,08\n2,1\n")).classes).toEqual(["007", "08", "1"]);
  expect((await load("a,label\n0.5,b\n1,ä\n2,a\n3,B\n")).classes).toEqual(["B", "a", "b", "ä"]);
  const bytes = parquetWriteBuffer({
    columnData: [
      { name: "a", data: [1, 2, 3, 4] },
      { name: "big", data: [5n, 12345678901n, 5n, 5n] },
      { name: "yes", data: [true, false, true, false] },
    ],
  });
  const path = write(`${folder()}/t.parquet`, new Uint8Array(bytes));
  expect((await loadDataset([path], { ...all, label: "big" })).classes).toEqual(["5", "12345678901"]);
  expect((await loadDataset([path], { ...all, label: "yes", columns: ["a"] })).classes).toEqual(["0", "1"]);
});

test("quotes, semicolons, empty lines, a mark of the order of bytes, and no names of columns", async () => {
  const quoted = await load('\ufeffa;"b;c";label\r\n1;2;"x ""y"""\r\n\r\n3;4;"z\nz"\r\n');
  expect(rowsOf(quoted.train.inputs)).toEqual([
    [1, 2],
    [3, 4],
  ]);
  expect(quoted.classes).toEqual(['x "y"', "z\nz"]);
  const bare = await load("1,2,0\n3,4,1\n5,6,1\n");
  expect(rowsOf(bare.train.inputs)).toEqual([
    [1, 2],
    [3, 4],
    [5, 6],
  ]);
  expect(bare.layout.columns?.map(({ name }) => name)).toEqual(["1", "2"]);
});

test("a column that counts the rows is left out, one that only starts so is not", async () => {
  const text = (last: number): string =>
    `,a,label\n${Array.from({ length: 12 }, (_, k) => `${k < 11 ? k : last},${(k * k) % 7},${k % 2}`).join("\n")}`;
  const counted = await load(text(11));
  expect(counted.train.inputs.shape).toEqual([1]);
  expect(notEmpty(counted)).toContain("Column 1 only counts the rows, and is left out.");
  expect((await load(text(12))).train.inputs.shape).toEqual([2]);
  expect((await load(text(11), { columns: ["1", "a"] })).train.inputs.shape).toEqual([2]);
});

test("numbers of the training part have mean 0 and deviation 1; categories stay marks", async () => {
  const text = Array.from({ length: 60 }, (_, k) => `${1e9 + (k % 7)},${["red", "blue"][k % 2]},3,${k % 3}`);
  const data = await loadDataset([write(`${folder()}/t.csv`, `a,colour,same,label\n${text.join("\n")}`)]);
  expect(data.notes).toContain("Column same has the same value in every row. It tells nothing.");
  const rows = rowsOf(data.train.inputs);
  const column = (k: number): number[] => rows.map((row) => row[k]);
  const mean = (values: number[]): number => values.reduce((sum, x) => sum + x, 0) / values.length;
  expect(mean(column(0))).toBeCloseTo(0, 5);
  expect(mean(column(0).map((x) => x * x))).toBeCloseTo(1, 5);
  // Seven different values, although a float32 near a billion cannot tell them apart.
  expect(new Set(column(0)).size).toBe(7);
  for (const [, blue, red, same] of rows) {
    expect([blue, red].sort()).toEqual([0, 1]);
    expect(same).toBe(0);
  }
  const raw = await loadDataset([data.source.path], { standardize: false });
  expect(rowsOf(raw.train.inputs)[0][3]).toBe(3);
  expect(raw.hash).not.toBe(data.hash);
});

test("text is counted by hashed pieces of up to three letters, at unit length", async () => {
  const sentences = ["Abc abc", "abc ABC", "xyz", "Ünder", "U\u0308nder"];
  const data = await load(`text,label\n${sentences.map((text, k) => `${text},${k % 2}`).join("\n")}`, {
    hash: 512,
  });
  expect(data.train.inputs.shape).toEqual([512]);
  const rows = rowsOf(data.train.inputs);
  for (const row of rows) expect(row.reduce((sum, x) => sum + x * x, 0)).toBeCloseTo(1, 5);
  // Case does not count, nor the way in which a letter with dots is written.
  expect(rows[0]).toEqual(rows[1]);
  expect(rows[3]).toEqual(rows[4]);
  // " xyz " has 4 single letters (the space twice), 4 pairs and 3 triples: 11 places, unless two of them meet.
  const used = rows[2].filter((x) => x > 0);
  expect(used.length).toBe(11);
  const scale = Math.sqrt(10 * Math.log(2) ** 2 + Math.log(3) ** 2);
  for (const x of used)
    expect(Math.min(Math.abs(x - Math.log(2) / scale), Math.abs(x - Math.log(3) / scale))).toBeLessThan(1e-6);
  expect(notEmpty(data)).toContain("Column text is text: its n-grams of letters are hashed to 512 numbers.");
});

test("names of many kinds are text, of few a mark each; text stands beside numbers", async () => {
  const text = Array.from({ length: 400 }, (_, k) => `${k / 3},person ${k},${"abc"[k % 3]},${k % 2}`).join(
    "\n",
  );
  const { layout, train } = await load(`a,who,kind,label\n${text}`, { hash: 64 });
  expect(layout.columns?.map(({ kind }) => kind)).toEqual(["number", "text", "category"]);
  expect(train.inputs.shape).toEqual([1 + 64 + 3]);
  const [row] = rowsOf(train.inputs, [3]);
  expect(row[0]).toBe(1);
  expect(row.slice(65)).toEqual([1, 0, 0]);
});

test("a tabulated file keeps quotes as letters, and is unpacked as it is read", async () => {
  const lines = Array.from({ length: 30 }, (_, k) => `"it" ${k} said\t${k % 2 ? "en" : 'de"'}`);
  const path = `${folder()}/t.tsv.gz`;
  const data = await loadDataset([write(path, `text\tlabel\n${lines.join("\n")}\n`)], all);
  expect(data.classes).toEqual(['de"', "en"]);
});

test("more rows than the kinds of columns are told by", async () => {
  const rows = Array.from({ length: 12_345 }, (_, k) => `${k % 100},${k % 5}`);
  const data = await load(`a,label\n${rows.join("\n")}`);
  expect(data.train.labels.length).toBe(12_345);
  expect(rowsOf(data.train.inputs, [12_344])).toEqual([[44]]);
  await expect(load(`a,label\n${rows.join("\n")}\nx,1\n`)).rejects.toThrow(
    /t\.csv, line 12347, column a: "x" is no number/,
  );
});
