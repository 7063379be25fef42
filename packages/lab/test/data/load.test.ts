import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { countsOf, type Inputs, loadDataset, sizeOf } from "../../src/data/index.js";
import { bytesOf, folder, npy, write } from "../support/writers.js";

const FASHION = fileURLToPath(new URL("../../../../examples/data/fashion-mnist-small", import.meta.url));

const rowsOf = (inputs: Inputs, ...rows: number[]): Float32Array => {
  const out = new Float32Array(rows.length * sizeOf(inputs));
  inputs.gather(rows, out);
  return out;
};

test("a folder of IDX files: images from 0 to 1, test part as given, validation split off by class", async () => {
  const data = await loadDataset([FASHION]);
  expect(data.name).toBe("fashion-mnist-small");
  expect(data.classes).toEqual(["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"]);
  expect(data.train.inputs.shape).toEqual([1, 28, 28]);
  expect([data.train, data.validation, data.test].map(({ inputs }) => inputs.rows)).toEqual([
    5400, 600, 1000,
  ]);
  expect([...countsOf(data.validation.labels, 10)]).toEqual(new Array(10).fill(60));
  expect([...countsOf(data.test.labels, 10)]).toEqual(new Array(10).fill(100));
  const pixels = rowsOf(data.test.inputs, 0, 999);
  expect(Math.max(...pixels)).toBe(1);
  expect(Math.min(...pixels)).toBe(0);
  expect(data.notes).toEqual([]);
  expect((await loadDataset([FASHION])).hash).toBe(data.hash);
  expect((await loadDataset([FASHION], { seed: 1 })).hash).not.toBe(data.hash);
  expect((await loadDataset([FASHION], { validation: 0.2 })).hash).not.toBe(data.hash);
});

test("a file of inputs and one of labels, in either order of names, divided in three", async () => {
  const here = folder();
  const inputs = Float32Array.from({ length: 300 }, (_, k) => Math.sin(k));
  const x = write(`${here}/features.npy`, npy(bytesOf(inputs), { type: "<f4", shape: [100, 3] }));
  const labels = Int32Array.from({ length: 100 }, (_, row) => row % 4);
  const y = write(`${here}/labels.npy`, npy(bytesOf(labels), { type: "<i4", shape: [100] }));
  const data = await loadDataset([x, y]);
  const parts = [data.train, data.validation, data.test];
  expect(parts.map(({ labels: { length } }) => length)).toEqual([70, 10, 20]);
  for (const part of parts)
    for (let i = 0; i < part.labels.length; i++) {
      const [first] = rowsOf(part.inputs, i);
      const row = inputs.indexOf(first) / 3;
      expect(Array.from(rowsOf(part.inputs, i))).toEqual(Array.from(inputs.subarray(3 * row, 3 * row + 3)));
      expect(part.labels[i]).toBe(row % 4);
    }
  expect((await loadDataset([y, x])).hash).toBe(data.hash);
  expect((await loadDataset([here])).hash).toBe(data.hash);
});
