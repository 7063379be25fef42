/** Files that cannot be read: the message says which, where in it, and what to do. */
import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { zipSync } from "fflate";
import { describe, expect, test } from "vitest";
import { loadDataset } from "../../src/data/index.js";
import { cut, features, pair, xNpy, yNpy } from "../support/pairs.js";
import { problem } from "../support/problem.js";
import { bytesOf, folder, idx, npy, safetensors, write } from "../support/writers.js";

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
