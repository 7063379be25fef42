import { expect, test } from "vitest";
import { loadDataset } from "../../src/data/index.js";
import { prepare, readOthers } from "../../src/methods/prepare.js";
import { resolveTrainOptions } from "../../src/options/train.js";
import { rowsOf } from "../support/inputs.js";
import { bytesOf, folder, npy, write } from "../support/writers.js";

/** 40 rows of two numbers, of two classes, and where they were written. */
function files(here: string) {
  const x = Float32Array.from({ length: 80 }, (_, k) => Math.sin(k));
  const y = Int32Array.from({ length: 40 }, (_, row) => row % 2);
  return [
    write(`${here}/features.npy`, npy(bytesOf(x), { type: "<f4", shape: [40, 2] })),
    write(`${here}/labels.npy`, npy(bytesOf(y), { type: "<i4", shape: [40] })),
  ];
}

/** A folder with two parts that have no labels, of so many rows each. */
function strangers(here: string, parts: Readonly<Record<string, number>>) {
  for (const [name, rows] of Object.entries(parts)) {
    const x = Float32Array.from({ length: 2 * rows }, (_, k) => rows + k);
    const y = new Int32Array(rows);
    write(`${here}/${name}_x.npy`, npy(bytesOf(x), { type: "<f4", shape: [rows, 2] }));
    write(`${here}/${name}_y.npy`, npy(bytesOf(y), { type: "<i4", shape: [rows] }));
  }
  return here;
}

test("rows of other files: the test part to measure by, the training part to fine-tune with", async () => {
  const data = await loadDataset(files(folder()));
  const ood = strangers(folder(), { train: 30, test: 10 });
  const options = resolveTrainOptions({ ood, "energy-tune": "1" });
  const { dataset, others } = prepare(data, options, await readOthers(options, data));
  expect(dataset).toBe(data);
  expect(others.sets.map(({ name }) => name)).toEqual([ood]);
  expect(rowsOf(others.sets[0].part.inputs, [0])).toEqual([[10, 11]]);
  expect(others.sets[0].part.labels).toEqual(new Int32Array(10).fill(-1));
  expect(rowsOf(others.tune?.inputs ?? data.train.inputs, [29])).toEqual([[88, 89]]);
});

test("without fine-tuning the training part is not read, and classes can be held out beside", async () => {
  const data = await loadDataset(files(folder()));
  const ood = strangers(folder(), { test: 10 });
  const options = resolveTrainOptions({ ood });
  const { others } = prepare(data, options, await readOthers(options, data));
  expect(others.tune).toBeNull();
  expect(others.sets[0].part.inputs.rows).toBe(10);
  expect(await readOthers(resolveTrainOptions({}), data)).toBeNull();
});

test("fine-tuning does not learn from the rows that it is measured by", async () => {
  const data = await loadDataset(files(folder()));
  const options = resolveTrainOptions({ ood: strangers(folder(), { test: 10 }), "energy-tune": "1" });
  await expect(readOthers(options, data)).rejects.toThrow(
    /has one part, and fine-tuning is not to learn from the rows/,
  );
});

test("rows of another shape are refused", async () => {
  const data = await loadDataset(files(folder()));
  const here = folder();
  const x = write(`${here}/features.npy`, npy(bytesOf(new Float32Array(9)), { type: "<f4", shape: [3, 3] }));
  await expect(readOthers(resolveTrainOptions({ ood: x }), data)).rejects.toThrow(/The rows of .* are 3/);
});
