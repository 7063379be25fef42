/** Each thing that can be wrong with data: the message says which file, where in it, and what to do. */
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { tableFromArrays, tableToIPC } from "apache-arrow";
import { zipSync } from "fflate";
import { parquetWriteBuffer } from "hyparquet-writer";
import { describe, expect, test } from "vitest";
import { type DataOptions, loadDataset } from "../../src/data/index.js";
import { Problem } from "../../src/problem.js";
import { bytesOf, folder, idx, npy, safetensors, write } from "../support/writers.js";

async function problem(paths: string | readonly string[], options: DataOptions = {}): Promise<string> {
  try {
    await loadDataset(typeof paths === "string" ? [paths] : paths, options);
  } catch (error) {
    if (error instanceof Problem) return error.message;
    throw error;
  }
  throw new Error("it was read without complaint");
}

const features = (rows: number, width = 2): Float32Array =>
  Float32Array.from({ length: rows * width }, (_, k) => Math.sin(k));
const xNpy = (rows: number, width = 2): Buffer =>
  npy(bytesOf(features(rows, width)), { type: "<f4", shape: [rows, width] });
const yNpy = (labels: readonly number[]): Buffer =>
  npy(Uint8Array.from(labels), { type: "|u1", shape: [labels.length] });

/** A folder with inputs and labels as NumPy has them. */
function pair(x: Uint8Array, y: Uint8Array): { here: string; x: string; y: string } {
  const here = folder();
  return { here, x: write(`${here}/x.npy`, x), y: write(`${here}/y.npy`, y) };
}

const cut = (path: string, bytes: number): void => writeFileSync(path, readFileSync(path).subarray(0, bytes));

describe("files", () => {
  test("none, one that is not there, a folder of nothing, an unknown kind", async () => {
    const here = folder();
    expect(await problem([])).toBe(
      "No data are named. Name a file, a file of inputs and one of labels, or a folder",
    );
    expect(await problem(`${here}/gone.npy`)).toBe(`${here}/gone.npy is not there. Check the path`);
    expect(await problem([`${here}/gone.npy`, `${here}/y.npy`])).toBe(
      `${here}/gone.npy is not there. Check the path`,
    );
    expect(await problem(here)).toMatch(/holds no data that can be read\. It should hold/);
    expect(await problem(write(`${here}/notes.docx`, "?"))).toMatch(
      /notes\.docx is of no format that can be read\. Those are, .*Parquet table/,
    );
    mkdirSync(`${here}/folder.npy`);
    expect(await problem([`${here}/notes.docx`, `${here}/folder.npy`])).toMatch(/notes\.docx|folder\.npy/);
  });

  test.skipIf(process.getuid?.() === 0)("one that may not be read", async () => {
    const { x, y } = pair(xNpy(4), yNpy([0, 1, 0, 1]));
    chmodSync(x, 0);
    expect(await problem([x, y])).toMatch(/x\.npy may not be read by you\. Change its permissions/);
  });

  test("files whose names do not tell which is which", async () => {
    const here = folder();
    for (const name of ["a", "b", "c"]) write(`${here}/${name}.npy`, xNpy(4));
    expect(await problem(here)).toMatch(
      /a\.npy and b\.npy could both be the inputs of the train part\. Name the files/,
    );
    const labels = [write(`${here}/y.npy`, yNpy([0, 1])), write(`${here}/test_y.npy`, yNpy([0, 1]))];
    expect(await problem(labels)).toMatch(/y\.npy has no inputs beside it/);
    const alone = write(`${here}/alone/x.npy`, xNpy(4));
    expect(await problem(alone)).toMatch(
      /alone\/x\.npy holds one array, and no labels are named\. Name the file of the/,
    );
    const onlyTest = folder();
    write(`${onlyTest}/test_x.npy`, xNpy(4));
    write(`${onlyTest}/test_y.npy`, yNpy([0, 1, 0, 1]));
    expect(await problem(onlyTest)).toMatch(/has no training part/);
  });
});

describe("NumPy", () => {
  const good = xNpy(20);
  const labels = yNpy(Array.from({ length: 20 }, (_, k) => k % 2));

  test.each([
    [0, /is no NumPy array/],
    [11, /is no NumPy array/],
    [40, /is cut off in its header/],
    [
      good.length - 1,
      /x\.npy is cut off: 20 × 2 of float32 take 160 bytes and 159 are there\. Fetch or write it again/,
    ],
  ])("cut off after %i bytes", async (length, message) => {
    const { x, y } = pair(good, labels);
    cut(x, length);
    expect(await problem([x, y])).toMatch(message);
    expect(await problem([x, y], { memory: 1 })).toMatch(message);
  });

  test.each([
    ["no array at all", Buffer.from("hello, this is text"), /is no NumPy array\. Save it by numpy\.save/],
    ["objects", npy(new Uint8Array(40), { type: "|O8", shape: [5] }), /holds Python objects\. Convert them/],
    [
      "complex numbers",
      npy(new Uint8Array(64), { type: "<c8", shape: [4, 2] }),
      /of kind c8, .*astype\("float32"\)/,
    ],
    [
      "records",
      Buffer.from(good.toString("latin1").replace("'<f4'", "[('')]"), "latin1"),
      /holds no plain array/,
    ],
    [
      "strings as inputs",
      npy(Buffer.from("abcd"), { type: "|S1", shape: [4] }),
      /holds strings, where numbers/,
    ],
    ["one number", npy(new Uint8Array(4), { type: "<f4", shape: [] as number[] }), /holds one number/],
  ])("%s", async (_, content, message) => {
    const { x, y } = pair(content, yNpy([0, 1, 0, 1]));
    expect(await problem([x, y])).toMatch(message);
  });

  test("larger than memory and by columns", async () => {
    const byColumns = npy(bytesOf(features(20)), { type: "<f4", shape: [20, 2], byColumns: true });
    const { x, y } = pair(byColumns, labels);
    expect(await problem([x, y], { memory: 100 })).toMatch(
      /stored column by column\. Save it row by row .*--memory/,
    );
  });
});

describe("other arrays", () => {
  const labels = Uint8Array.from({ length: 6 }, (_, k) => k % 2);
  const images = idx(new Uint8Array(24), 8, [6, 2, 2]);

  test("IDX files cut off, with more than they tell of, of no type", async () => {
    const here = folder();
    const y = write(`${here}/labels.idx1`, idx(labels, 8, [6]));
    const x = write(`${here}/images.idx3`, images);
    cut(x, 30);
    expect(await problem([x, y])).toMatch(
      /images\.idx3 is cut off: 6 × 2 × 2 of uint8 take 24 bytes and 14 are there/,
    );
    cut(x, 9);
    expect(await problem([x, y])).toMatch(/is cut off in its header/);
    cut(x, 0);
    expect(await problem([x, y])).toMatch(/is no IDX file/);
    write(x, Buffer.concat([images, Buffer.alloc(2)]));
    expect(await problem([x, y])).toMatch(/has 2 bytes more than its header tells of/);
    write(x, Buffer.concat([Buffer.of(0, 0, 10, 1), images]));
    expect(await problem([x, y])).toMatch(/is no IDX file/);
    const packed = write(`${here}/images.idx3.gz`, images);
    cut(packed, 20);
    expect(await problem([packed, y])).toMatch(
      /images\.idx3\.gz cannot be unpacked: it is cut off or no gzip file/,
    );
    write(`${here}/plain.idx3`, images);
    writeFileSync(packed, images);
    expect(await problem([packed, y])).toMatch(/cannot be unpacked/);
  });

  test("archives cut off, of nothing, of names that tell nothing", async () => {
    const here = folder();
    const content = zipSync({ "x.npy": xNpy(6), "y.npy": idx(labels, 8, [6]) });
    const path = write(`${here}/a.npz`, content);
    expect(await problem(path)).toMatch(/a\.npz \(y\.npy\) is no NumPy array/);
    cut(path, content.length - 10);
    expect(await problem(path)).toMatch(/a\.npz cannot be unpacked: it is cut off or no zip file/);
    expect(await problem(write(path, zipSync({ "a.txt": Buffer.from("a") })))).toMatch(/holds no arrays/);
    expect(
      await problem(write(path, zipSync({ "arr_0.npy": xNpy(6), "arr_1.npy": yNpy([...labels]) }))),
    ).toMatch(/holds arr_0, arr_1, and nothing tells inputs from labels\. Name the arrays x and y/);
    const two = zipSync({ "x.npy": xNpy(6), "data.npy": xNpy(6), "y.npy": yNpy([...labels]) });
    expect(await problem(write(path, two))).toMatch(/x and data could both be the inputs/);
    const uneven = zipSync({ "x.npy": xNpy(5), "y.npy": yNpy([...labels]) });
    expect(await problem(write(path, uneven))).toMatch(/a\.npz has 5 rows, and there are 6 labels\./);
  });

  test("safetensors that are cut off, overlap, leave gaps, or are of unknown types", async () => {
    const here = folder();
    const good = safetensors([
      ["x", "F32", [6, 2], bytesOf(features(6))],
      ["y", "U8", [6], labels],
    ]);
    const path = write(`${here}/a.safetensors`, good);
    const edited = (from: string, to: string): Buffer => {
      const length = Number(good.readBigUInt64LE());
      const header = Buffer.from(good.toString("utf8", 8, 8 + length).replace(from, to));
      const start = Buffer.alloc(8);
      start.writeBigUInt64LE(BigInt(header.length));
      return Buffer.concat([start, header, good.subarray(8 + length)]);
    };
    await loadDataset([path]);
    for (const length of [5, 60, good.length - 1]) {
      write(path, good.subarray(0, length));
      expect(await problem(path)).toMatch(
        /a\.safetensors is cut off or no safetensors file: .*\. Save or fetch it again/,
      );
    }
    const cases: [string, string, RegExp][] = [
      ['"F32"', '"F8_E4M3"', /x is of type F8_E4M3, which cannot be read\. Convert it to F32 or F16/],
      ["[48,54]", "[47,53]", /y does not start where the tensor before it ends/],
      ["[48,54]", "[48,55]", /y has a place that is not its size/],
      ["[6,2]", "[6,-2]", /x has no type, shape and place/],
      ["{", "[", /its header is no JSON object/],
    ];
    for (const [from, to, message] of cases)
      expect(await problem(write(path, edited(from, to)))).toMatch(message);
    expect(await problem(write(path, Buffer.concat([good, Buffer.of(0)])))).toMatch(
      /its tensors end at byte/,
    );
  });
});

describe("tables", () => {
  const csv = async (text: string, options: DataOptions = {}): Promise<string> =>
    problem(write(`${folder()}/t.csv`, text), options);

  test("empty, of names alone, of ragged lines, with open quotes", async () => {
    expect(await csv("")).toMatch(/t\.csv has no rows\. It takes a line of names and then a line a row/);
    expect(await csv("a,b,label\n")).toMatch(/has no rows/);
    expect(await csv("a,b,label\n1,2,x\n3,4\n")).toMatch(
      /t\.csv, line 3: the line has 2 values, the first line has another number of them\. Mend the line/,
    );
    expect(await csv('a,label\n1,x\n2,"y\n3,z\n')).toMatch(/t\.csv, line \d: .*\. Mend the line/);
  });

  test("names of columns that come twice, or are not there", async () => {
    expect(await csv("a,b,a\n1,2,3\n")).toMatch(
      /t\.csv has two columns of the name a\. Rename or remove one/,
    );
    const text = "a,b,label\n1,2,x\n2,3,y\n";
    expect(await csv(text, { label: "kind" })).toMatch(/has no column kind \(--label\)\. It has a, b, label/);
    expect(await csv(text, { columns: ["a", "c"] })).toMatch(/has no column c\. It has a, b, label/);
    expect(await csv(text, { groups: "who" })).toMatch(
      /--groups who is neither a column of .*t\.csv nor a file/,
    );
    expect(await csv("label\nx\ny\n")).toMatch(/has no columns beside the labels/);
  });

  test("values that are missing, of numbers, names and labels", async () => {
    const line = (row: string): string => `age,town,label\n1,a,x\n${row}\n3,b,y\n`;
    for (const missing of ["", "NA", "nan", "?"])
      expect(await csv(line(`${missing},a,y`))).toMatch(
        /t\.csv, line 3, column age: the value is missing\. Fill it or leave the row out/,
      );
    expect(await csv(line("2,,y"))).toMatch(/t\.csv, line 3, column town: the value is missing/);
    expect(await csv(line("2,a,"))).toMatch(/t\.csv, line 3, column label: the value is missing/);
    const parquet = parquetWriteBuffer({
      columnData: [
        { name: "a", data: [1, null, 3] },
        { name: "label", data: ["x", "y", "x"] },
      ],
    });
    expect(await problem(write(`${folder()}/t.parquet`, new Uint8Array(parquet)))).toMatch(
      /t\.parquet, row 2, column a: the value is missing/,
    );
  });

  test("a word among numbers, an infinite number", async () => {
    const numbers = Array.from({ length: 30 }, (_, k) => `${k / 2},${k % 2}`).join("\n");
    expect(await csv(`a,label\n${numbers}\nlong,1\n`)).toMatch(
      /t\.csv, line 32, column a: "long" is no number, and the column holds numbers elsewhere/,
    );
    expect(await csv(`a,label\n${numbers}\n-inf,1\n`)).toMatch(
      /t\.csv, line 32, column a: the value is infinite\. Mend it or leave the row out/,
    );
    expect(await csv(`a,label\n${numbers}\n1,0.5\n`)).toMatch(
      /t\.csv, line 32, column label: the label is 0\.5, which is no class/,
    );
  });

  test("Parquet and Arrow that are damaged, with records, lists of different lengths, columns of several kinds", async () => {
    const here = folder();
    const buffer = Buffer.from(
      parquetWriteBuffer({
        columnData: [
          { name: "a", data: Array.from({ length: 500 }, (_, k) => Math.sin(k)) },
          { name: "label", data: Array.from({ length: 500 }, (_, k) => k % 2) },
        ],
      }),
    );
    const path = write(`${here}/t.parquet`, buffer);
    const damaged = /t\.parquet is cut off, damaged or no Parquet file \(.*\)\. Write or fetch it again/s;
    cut(path, buffer.length - 5);
    expect(await problem(path)).toMatch(damaged);
    cut(path, 2);
    expect(await problem(path)).toMatch(damaged);
    buffer.fill(0xff, 4, 200);
    expect(await problem(write(path, buffer))).toMatch(damaged);
    const listed = (data: unknown[]): Uint8Array =>
      new Uint8Array(
        parquetWriteBuffer({
          columnData: [
            { name: "a", data: data as number[], type: "JSON" },
            { name: "label", data: ["x", "y"] },
          ],
        }),
      );
    expect(await problem(write(path, listed([[1, 2], [1]])))).toMatch(
      /t\.parquet, row 2, column a: the list has 1 numbers, that of the first row 2/,
    );
    expect(await problem(write(path, listed([{ b: 1 }, { b: 2 }])))).toMatch(
      /row 1, column a: it holds records/,
    );
    expect(await problem(write(path, listed([[1, 2], 3])))).toMatch(
      /row 2, column a: the value is of another kind/,
    );
    expect(await problem(write(path, listed([["p"], ["q"]])))).toMatch(
      /row 1, column a: the list holds something else/,
    );

    const arrow = tableToIPC(
      tableFromArrays({ a: features(9), label: Int32Array.from(features(9), Math.round) }),
      "file",
    );
    const file = write(`${here}/t.feather`, arrow);
    cut(file, arrow.length - 20);
    expect(await problem(file)).toMatch(
      /t\.feather is cut off: it does not end as it starts\. Write or fetch it again/,
    );
    expect(await problem(write(file, "FEA1 and more"))).toMatch(/of Feather's first version\. Save it again/);
    expect(await problem(write(file, "nothing of the kind"))).toMatch(
      /t\.feather is cut off, damaged or no Arrow file \(.*\)\. Write or fetch it again/,
    );
    expect(await problem(write(file, ""))).toMatch(/t\.feather is cut off, damaged or no Arrow file/);
  });
});

describe("what is in them", () => {
  const balanced = (rows: number): number[] => Array.from({ length: rows }, (_, k) => k % 2);

  test("as many labels as rows, of one shape, and of inputs as well", async () => {
    const { here, x, y } = pair(xNpy(10), yNpy(balanced(9)));
    expect(await problem([x, y])).toBe(
      `${x} has 10 rows, and there are 9 labels in ${y}. One of them belongs to other data`,
    );
    const names = write(`${here}/y.csv`, "0\n1\nlast\n");
    expect(await problem([x, names])).toMatch(/Its first line is the column's name/);
    write(`${here}/two/train_x.npy`, xNpy(4));
    write(`${here}/two/train_y.npy`, yNpy(balanced(4)));
    write(`${here}/two/test_x.npy`, xNpy(4, 3));
    write(`${here}/two/test_y.npy`, yNpy(balanced(4)));
    expect(await problem(`${here}/two`)).toMatch(
      /The rows of .*x\.npy are 2, those of .*test_x\.npy 3\. Parts have rows of/,
    );
    const table = npy(Uint8Array.of(0, 1, 1, 0), { type: "|u1", shape: [2, 2] });
    expect(await problem([write(`${here}/x2.npy`, xNpy(2)), write(`${here}/y2.npy`, table)])).toMatch(
      /y2\.npy has the shape 2 × 2, and labels are one a row\. .*numpy\.argmax/,
    );
  });

  test.each([
    [Number.NaN, "no number (NaN)"],
    [Number.POSITIVE_INFINITY, "infinite"],
    [Number.NEGATIVE_INFINITY, "infinite"],
  ])("%d among features is named by row and column, in memory or on disc", async (value, said) => {
    const values = features(1000, 7);
    values[700 * 7 + 4] = value;
    const { x, y } = pair(npy(bytesOf(values), { type: "<f4", shape: [1000, 7] }), yNpy(balanced(1000)));
    const message = `${x}, row 701, column 5: the value is ${said}. Mend it or leave the row out`;
    expect(await problem([x, y])).toBe(message);
    expect(await problem([x, y], { memory: 100 })).toBe(message);
  });

  test("labels that are no classes", async () => {
    const float = npy(bytesOf(Float32Array.of(0, 1, 0.5, 1)), { type: "<f4", shape: [4] });
    const { x, y } = pair(xNpy(4), float);
    expect(await problem([x, y])).toMatch(
      /y\.npy, row 3: the label is 0\.5, which is no class\. Labels are whole numbers/,
    );
    write(y, npy(bytesOf(Float32Array.of(0, 1, Number.NaN, 1)), { type: "<f4", shape: [4] }));
    expect(await problem([x, y])).toMatch(/row 3: the label is NaN, which is no class/);
  });

  test("nothing, one class, more classes than rows can be learned from", async () => {
    const none = pair(npy(new Uint8Array(), { type: "<f4", shape: [0, 2] }), yNpy([]));
    expect(await problem([none.x, none.y])).toMatch(/has no rows\. It takes some of at least two classes/);
    const one = pair(xNpy(4), yNpy([3, 3, 3, 3]));
    expect(await problem([one.x, one.y])).toMatch(
      /all 4 rows are of class 3\. It takes at least two classes/,
    );
    const here = folder();
    write(`${here}/train_x.npy`, xNpy(3));
    write(`${here}/train_y.npy`, yNpy([0, 1, 2]));
    write(`${here}/test_x.npy`, xNpy(4));
    write(`${here}/test_y.npy`, yNpy([3, 4, 5, 6]));
    expect(await problem(here)).toMatch(/has 7 classes and 3 rows to learn them from\. .*--label/);
  });

  test("a class that is tested and not trained on; one that is trained on and not tested is worth a note", async () => {
    const here = folder();
    write(`${here}/train_x.npy`, xNpy(8));
    write(`${here}/train_y.npy`, yNpy([0, 0, 0, 1, 1, 1, 2, 2]));
    write(`${here}/val_x.npy`, xNpy(3));
    write(`${here}/val_y.npy`, yNpy([0, 1, 2]));
    write(`${here}/test_x.npy`, xNpy(2));
    write(`${here}/test_y.npy`, yNpy([0, 1]));
    const { notes } = await loadDataset([here]);
    expect(notes).toEqual(["1 of 3 classes (2) have no row in the test part."]);
    write(`${here}/test_y.npy`, yNpy([0, 7]));
    expect(await problem(here)).toMatch(
      /no row of class 7 is in the training part, and some are in the test part\. Add rows to train on/,
    );
  });

  test("labels that start at 1, that skip, and columns that are constant are taken, with a note", async () => {
    const notesOf = async (
      labels: number[],
      values = features(labels.length),
    ): Promise<readonly string[]> => {
      const { x, y } = pair(npy(bytesOf(values), { type: "<f4", shape: [labels.length, 2] }), yNpy(labels));
      return (await loadDataset([x, y], { validation: 0, test: 0 })).notes.slice(0, -2);
    };
    expect(await notesOf([1, 2, 1, 2])).toEqual(["The labels start at 1; class 1 is the first of 2."]);
    expect(await notesOf([0, 2, 0, 5])).toEqual([
      "The labels go from 0 to 5 and skip 3 numbers; there are 3 classes.",
    ]);
    expect(await notesOf([0, 1, 0, 1], Float32Array.of(1, 5, 2, 5, 3, 5, 4, 5))).toEqual([
      "Column 2 has the same value in every row. It tells nothing.",
    ]);
  });

  test("shares and folds that leave nothing", async () => {
    const { x, y } = pair(xNpy(20), yNpy(balanced(20)));
    expect(await problem([x, y], { validation: 0.5, test: 0.5 })).toMatch(/leave no rows to train on/);
    expect(await problem([x, y], { test: 1 })).toMatch(/--test 1: it takes a share of the rows/);
    expect(await problem([x, y], { validation: -0.1 })).toMatch(/--validation -0\.1: it takes a share/);
    expect(await problem([x, y], { groups: `${folder()}/who.txt` })).toMatch(
      /is neither a column .* nor a file/,
    );
    const few = write(`${folder()}/who.txt`, "a\nb\n");
    expect(await problem([x, y], { groups: few })).toMatch(
      /has 20 rows, and there are 2 groups in .*who\.txt/,
    );
  });
});
