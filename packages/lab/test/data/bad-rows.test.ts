/** Tables and rows that cannot be learned from: the message says which row and column, and what to do. */
import { tableFromArrays, tableToIPC } from "apache-arrow";
import { parquetWriteBuffer } from "hyparquet-writer";
import { describe, expect, test } from "vitest";
import { type DataOptions, loadDataset } from "../../src/data/index.js";
import { cut, features, pair, xNpy, yNpy } from "../support/pairs.js";
import { problem } from "../support/problem.js";
import { bytesOf, folder, npy, write } from "../support/writers.js";

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
