import { mkdirSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import sharp, { type Channels } from "sharp";
import { expect, test } from "vitest";
import { type DataOptions, estimateMemory, loadDataset, loadInputs } from "../../src/data/index.js";
import { rowsOf } from "../support/inputs.js";
import { folder, write } from "../support/writers.js";

/** A picture whose value at (channel, y, x) is told by a function. */
async function png(
  path: string,
  [channels, height, width]: readonly [Channels, number, number],
  value: (channel: number, y: number, x: number) => number,
): Promise<string> {
  const raw = Buffer.alloc(channels * height * width);
  for (let y = 0, k = 0; y < height; y++)
    for (let x = 0; x < width; x++)
      for (let channel = 0; channel < channels; channel++) raw[k++] = value(channel, y, x);
  mkdirSync(dirname(path), { recursive: true });
  const image = sharp(raw, { raw: { width, height, channels } });
  await (channels === 1 ? image.toColourspace("b-w") : image).png().toFile(path);
  return path;
}

const all: DataOptions = { validation: 0, test: 0 };
const inPlanes = (channels: number, size: number, value: (channel: number, y: number, x: number) => number) =>
  Array.from({ length: channels * size * size }, (_, k) =>
    Math.fround(
      Math.fround(value(Math.floor(k / size ** 2), Math.floor((k % size ** 2) / size), k % size)) *
        Math.fround(1 / 255),
    ),
  );
const close = (found: readonly number[], wanted: readonly number[]) => {
  expect(found.length).toBe(wanted.length);
  found.forEach((value, k) => {
    expect(value).toBeCloseTo(wanted[k], 6);
  });
};

test("gray images by class keep their size and every pixel", async () => {
  const here = folder();
  const value = (seed: number) => (_: number, y: number, x: number) => (40 * seed + 17 * y + 5 * x) % 256;
  for (const [k, name] of ["cat/a", "cat/b", "dog/c", "dog/deeper/d"].entries())
    await png(`${here}/${name}.png`, [1, 6, 6], value(k));
  write(`${here}/cat/notes.md`, "no image");
  const data = await loadDataset([here], all);
  expect(data.classes).toEqual(["cat", "dog"]);
  expect(data.train.inputs.shape).toEqual([1, 6, 6]);
  expect(Array.from(data.train.labels)).toEqual([0, 0, 1, 1]);
  rowsOf(data.train.inputs).forEach((row, k) => {
    close(row, inPlanes(1, 6, value(k)));
  });
  expect(data.notes.filter((note) => note.includes("images"))).toEqual([]);
  expect(data.train.inputs.bytes).toBe(4 * 36);
  expect((await estimateMemory([here])).bytes).toBe(4 * 36);
});

test("colours come in planes; one size is asked for, or found; parts are folders", async () => {
  const here = folder();
  const value = (channel: number, y: number, x: number) => 80 * channel + y + x;
  await png(`${here}/train/a/1.png`, [3, 8, 8], value);
  await png(`${here}/train/b/1.png`, [1, 8, 8], () => 7);
  await png(`${here}/train/b/2.png`, [4, 20, 10], (channel) => (channel === 3 ? 0 : 9));
  await png(`${here}/test/a/1.png`, [3, 8, 8], value);
  const small = await loadDataset([here], { ...all, size: 8 });
  expect(small.train.inputs.shape).toEqual([3, 8, 8]);
  const [coloured, gray, clear] = rowsOf(small.train.inputs);
  close(coloured, inPlanes(3, 8, value));
  close(
    gray,
    inPlanes(3, 8, () => 7),
  );
  // What is clear is white.
  close(
    clear,
    inPlanes(3, 8, () => 255),
  );
  expect(small.notes[0]).toContain(
    "The images have 2 sizes, with sides from 8 to 20, and are brought to 8 × 8",
  );
  expect((await loadDataset([here], all)).train.inputs.shape).toEqual([3, 32, 32]);
  const plain = await loadDataset([here], { ...all, size: 8, colour: false });
  expect(plain.train.inputs.shape).toEqual([1, 8, 8]);
  close(
    rowsOf(plain.train.inputs)[1],
    inPlanes(1, 8, () => 7),
  );
});

test("more images are brought to the same, with classes or without", async () => {
  const here = folder();
  for (const k of [0, 1, 2, 3])
    await png(`${here}/data/${k % 2 ? "odd" : "even"}/${k}.png`, [1, 5, 5], () => 60 * k);
  const { layout } = await loadDataset([`${here}/data`], all);
  const lone = await png(`${here}/lone/x.png`, [3, 5, 9], () => 100);
  const more = await loadInputs([dirname(lone)], {}, layout);
  expect(more.labels).toBe(null);
  expect(more.placeOf(0)).toBe(lone);
  close(
    rowsOf(more.inputs)[0],
    inPlanes(1, 5, () => 100),
  );
  await expect(loadInputs([dirname(lone)], { labels: "needed" }, layout)).rejects.toThrow(
    /lone holds images that lie in no folder below it/,
  );
  await png(`${here}/new/odd/1.png`, [1, 5, 5], () => 1);
  expect(Array.from((await loadInputs([`${here}/new`], {}, layout)).labels ?? [])).toEqual([1]);
});

test("a damaged image and one that is none are named", async () => {
  const here = folder();
  await png(`${here}/a/1.png`, [1, 9, 9], () => 1);
  const path = await png(`${here}/b/2.png`, [1, 40, 40], (_, y, x) => (y * x * 37) % 256);
  const whole = (await import("node:fs")).readFileSync(path);
  writeFileSync(path, whole.subarray(0, whole.length / 2));
  await expect(loadDataset([here], all)).rejects.toThrow(
    /b\/2\.png is damaged or no image .*\. Mend or remove it/,
  );
  write(path, "hello");
  await expect(loadDataset([here], all)).rejects.toThrow(/b\/2\.png is damaged or no image/);
  write(path, "");
  await expect(loadDataset([here], all)).rejects.toThrow(/b\/2\.png is damaged or no image/);
  await expect(loadDataset([here], { ...all, size: 0 })).rejects.toThrow("--size 0");
});
