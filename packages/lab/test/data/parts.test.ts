import { rmSync } from "node:fs";
import { expect, test } from "vitest";
import { available, countsOf, foldOf, type Loaded, loadDataset } from "../../src/data/index.js";
import { rowsOf } from "../support/inputs.js";
import { all, count, csv, idsOf, sorted, x, y } from "../support/small.js";
import { folder, npy, write } from "../support/writers.js";

test("parts are found by the names of files, of folders, and of paths", async () => {
  const here = folder();
  const pairs: [string, string][] = [
    ["train_x_f32.npy", "train_y_u8.npy"],
    ["val_X.npy", "val_Y.npy"],
    ["x-test.npy", "labels-test.npy"],
  ];
  pairs.forEach(([inputs, labels], part) => {
    write(`${here}/one/${inputs}`, x(30 - 3 * part, part));
    write(`${here}/one/${labels}`, y(30 - 3 * part));
  });
  for (const [part, name] of ["train", "valid", "test"].entries()) {
    write(`${here}/two/${name}/features.npy`, x(30 - 3 * part, part));
    write(`${here}/two/${name}/targets.npy`, y(30 - 3 * part));
    write(`${here}/three/${name}.csv`, csv(30 - 3 * part, part));
  }
  const one = await loadDataset([`${here}/one`]);
  expect([one.train, one.validation, one.test].map((part) => idsOf(part))).toEqual([
    count(30),
    count(27, 1000),
    count(24, 2000),
  ]);
  expect(Array.from(available(one))).toEqual([27, 27, 27]);
  const two = await loadDataset([`${here}/two`]);
  expect(two.hash).toBe(one.hash);
  const named = ["test", "train", "valid"].map((name) => `${here}/two/${name}`);
  expect((await loadDataset(named)).hash).toBe(one.hash);
  const three = await loadDataset([`${here}/three`]);
  expect([three.train, three.validation, three.test].map(({ labels }) => labels.length)).toEqual([
    30, 27, 24,
  ]);
  const files = ["train", "test", "valid"].map((name) => `${here}/three/${name}.csv`);
  expect((await loadDataset(files)).hash).toBe(three.hash);
});

test("files whose names say nothing are passed over where others say what they hold", async () => {
  const here = folder();
  write(`${here}/a/train.csv`, csv(12, 0));
  write(`${here}/a/test.csv`, csv(9, 1));
  write(`${here}/a/sample_submission.csv`, "id,label\n1,0\n");
  const data = await loadDataset([`${here}/a`]);
  expect(data.test.labels.length).toBe(9);
  expect(data.notes).toContain(
    `${here}/a/sample_submission.csv is not used: its name does not say what it holds.`,
  );
  write(`${here}/b/train/x.npy`, x(12));
  write(`${here}/b/train/y.npy`, y(12));
  write(`${here}/b/metadata.csv`, "a,b\n1,2\n");
  expect((await loadDataset([`${here}/b`])).train.inputs.shape).toEqual([2]);
});

test("pieces of one table are one part", async () => {
  const here = folder();
  const piece = (from: number, rows: string): string =>
    `id,kind,label\n${rows.replaceAll("@", String(from))}`;
  write(`${here}/train-00001-of-00003.csv`, piece(10, "@.5,b,y\n@.25,c,x\n"));
  write(`${here}/train-00000-of-00003.csv`, piece(0, "@.5,a,x\n@.25,b,y\n"));
  write(`${here}/train-00002-of-00003.csv`, piece(20, "@.5,a,x\n@.25,,y\n"));
  write(`${here}/test-00000-of-00001.csv`, piece(30, "@.5,c,y\n"));
  await expect(loadDataset([here], all)).rejects.toThrow(
    /train-00000-of-00003\.csv, line 3 of train-00002-of-00003\.csv, column kind: the value is missing/,
  );
  write(`${here}/train-00002-of-00003.csv`, piece(20, "@.5,a,x\n"));
  const data = await loadDataset([here], { ...all, standardize: false });
  expect(rowsOf(data.train.inputs)).toEqual([
    [0.5, 1, 0, 0],
    [0.25, 0, 1, 0],
    [10.5, 0, 1, 0],
    [10.25, 0, 0, 1],
    [20.5, 1, 0, 0],
  ]);
  expect(Array.from(data.train.labels)).toEqual([0, 1, 1, 0, 0]);
  write(`${here}/train-00001-of-00003.csv`, "id,label\n1,x\n");
  await expect(loadDataset([here], all)).rejects.toThrow(/train-00001-of-00003\.csv has no column kind/);
  rmSync(`${here}/train-00001-of-00003.csv`);
  await expect(loadDataset([here], all)).rejects.toThrow(
    /train-00000-of-00003\.csv is one of 3 files that belong together, of which 2 are there/,
  );
});

test("the training part tells which column holds the classes", async () => {
  const here = folder();
  write(`${here}/train.csv`, "a,b,kind\n0.5,1,x\n2,3,y\n1,2,x\n4,4,y\n");
  write(`${here}/test.csv`, "kind,b,a\nx,7,8\n");
  const data = await loadDataset([here], { ...all, standardize: false });
  expect(data.layout.label).toBe("kind");
  expect(rowsOf(data.test.inputs)).toEqual([[8, 7]]);
  write(`${here}/test.csv`, "a,b\n7,8\n");
  await expect(loadDataset([here], all)).rejects.toThrow(
    /test\.csv has no column kind \(--label\)\. It has a, b/,
  );
});

test("what is not given is split off: test from the file, validation beside a test part", async () => {
  const here = folder();
  write(`${here}/x.npy`, x(60));
  write(`${here}/y.npy`, y(60));
  const whole = await loadDataset([here]);
  expect(sorted([whole.train, whole.validation, whole.test].flatMap((part) => idsOf(part)))).toEqual(
    count(60),
  );
  write(`${here}/x_test.npy`, x(9, 1));
  write(`${here}/y_test.npy`, y(9));
  const tested = await loadDataset([here], { validation: 0.2 });
  expect(sorted([tested.train, tested.validation].flatMap((part) => idsOf(part)))).toEqual(count(60));
  expect([tested.train, tested.validation, tested.test].map(({ labels }) => labels.length)).toEqual([
    48, 12, 9,
  ]);
  const none = await loadDataset([here], { validation: 0 });
  expect(none.notes).toEqual(["The validation part has no rows."]);
});

test("names of classes come from a file beside the labels, where they fit", async () => {
  const here = folder();
  write(`${here}/x.npy`, x(30));
  write(`${here}/y.npy`, y(30));
  write(`${here}/labels.json`, '["ant", "bee", "cow", "dog"]');
  const named = await loadDataset([here], all);
  expect(named.classes).toEqual(["ant", "bee", "cow"]);
  expect(named.layout.labels).toEqual(["0", "1", "2"]);
  write(`${here}/labels.json`, '["ant", "bee"]');
  const { classes, notes } = await loadDataset([here], all);
  expect(classes).toEqual(["0", "1", "2"]);
  expect(notes[0]).toMatch(
    /labels\.json names 2 classes, which do not fit the labels 0 to 2, and is not used\./,
  );
  write(`${here}/labels.json`, "{}");
  await expect(loadDataset([here])).rejects.toThrow(/labels\.json should be a list of the names of classes/);
});

test("bytes: those of images from 0 to 1, channels first; small counts as they are", async () => {
  const here = folder();
  const bytes = Uint8Array.from({ length: 4 * 5 * 6 * 3 }, (_, k) => k % 256);
  write(`${here}/y.npy`, y(4, 2));
  const of = (shape: number[], values = bytes) => {
    write(`${here}/x.npy`, npy(values, { type: "|u1", shape }));
    return loadDataset([here], all);
  };
  const last = await of([4, 5, 6, 3]);
  expect(last.train.inputs.shape).toEqual([3, 5, 6]);
  const [image] = rowsOf(last.train.inputs, [1]);
  for (const [channel, row, column] of [
    [0, 0, 0],
    [1, 2, 3],
    [2, 4, 5],
  ])
    expect(255 * image[channel * 30 + row * 6 + column]).toBeCloseTo(
      (90 + (row * 6 + column) * 3 + channel) % 256,
      3,
    );
  expect((await of([4, 3, 5, 6])).train.inputs.shape).toEqual([3, 5, 6]);
  expect((await of([4, 15, 6])).train.inputs.shape).toEqual([1, 15, 6]);
  const flat = await of([4, 90]);
  expect(255 * rowsOf(flat.train.inputs, [0])[0][89]).toBeCloseTo(89, 3);
  expect(flat.notes[0]).toMatch(/The bytes of .*x\.npy are divided by 255, as those of images are\./);
  const small = await of([4, 2], Uint8Array.of(0, 1, 1, 0, 5, 0, 1, 1));
  expect(rowsOf(small.train.inputs)[2]).toEqual([5, 0]);
});

test("groups, a column or a file, are never divided", async () => {
  const here = folder();
  const lines = count(90).map((id) => `${id / 2},p${id % 11},${id % 3}`);
  const path = write(`${here}/t.csv`, `a,who,label\n${lines.join("\n")}`);
  const data = await loadDataset([path], { groups: "who", standardize: false });
  expect(data.layout.columns?.map(({ name }) => name)).toEqual(["a"]);
  const groupsOf = ({ inputs }: Loaded["train"]): Set<number> =>
    new Set(rowsOf(inputs).map(([half]) => (2 * half) % 11));
  const parts = [data.train, data.validation, data.test].map((part) => groupsOf(part));
  expect(parts.reduce((sum, { size }) => sum + size, 0)).toBe(11);
  expect(new Set(parts.flatMap((part) => [...part])).size).toBe(11);
  for (const part of parts) expect(part.size).toBeGreaterThan(0);

  write(`${here}/n/x.npy`, x(90));
  write(`${here}/n/y.npy`, y(90));
  const file = write(
    `${here}/who.txt`,
    count(90)
      .map((id) => `p${id % 11}`)
      .join("\n"),
  );
  const other = await loadDataset([`${here}/n`], { groups: file });
  const ids = [other.train, other.validation, other.test].map(
    (part) => new Set(idsOf(part).map((id) => id % 11)),
  );
  expect(ids.reduce((sum, { size }) => sum + size, 0)).toBe(11);
  const beside = write(
    `${here}/n/groups.txt`,
    count(90)
      .map((id) => `p${id % 11}`)
      .join("\n"),
  );
  expect((await loadDataset([`${here}/n`])).hash).toBe(other.hash);
  expect(beside).toContain("groups");

  write(`${here}/two/train.csv`, "a,who,label\n1,x,0\n2,y,1\n3,z,0\n4,z,1\n");
  write(`${here}/two/test.csv`, "a,who,label\n1,x,0\n2,q,1\n");
  await expect(loadDataset([`${here}/two`], { groups: "who", validation: 0 })).rejects.toThrow(
    /rows of one group are in the train part and in the test part\. Divide the files by groups/,
  );
});

test("folds: each row is tested once; a test part that is given stays, and each row is validated on once", async () => {
  const here = folder();
  write(`${here}/x.npy`, x(60));
  write(`${here}/y.npy`, y(60));
  const data = await loadDataset([here], { seed: 4 });
  const folds = count(5).map((k) => foldOf(data, k, 5));
  expect(sorted(folds.flatMap(({ test }) => idsOf(test)))).toEqual(count(60));
  for (const fold of folds) {
    expect([fold.train, fold.validation, fold.test].map(({ labels }) => labels.length)).toEqual([42, 6, 12]);
    expect(Array.from(countsOf(fold.test.labels, 3))).toEqual([4, 4, 4]);
    expect(sorted([fold.train, fold.validation, fold.test].flatMap((part) => idsOf(part)))).toEqual(
      count(60),
    );
  }
  expect(new Set(folds.map(({ hash }) => hash)).size).toBe(5);
  expect(foldOf(data, 2, 5).hash).toBe(folds[2].hash);
  expect(() => foldOf(data, 0, 61)).toThrow(
    /has 60 rows, which cannot be divided into 61 folds\. Choose fewer by --folds/,
  );
  await expect(loadDataset([here], { folds: 61 })).rejects.toThrow("cannot be divided into 61 folds");
  expect(() => foldOf(data, 0, 1)).toThrow("--folds 1: it takes 2 folds at least");

  write(`${here}/x_test.npy`, x(9, 1));
  write(`${here}/y_test.npy`, y(9));
  write(`${here}/x_val.npy`, x(15, 2));
  write(`${here}/y_val.npy`, y(15));
  const given = await loadDataset([here]);
  const others = count(3).map((k) => foldOf(given, k, 3));
  expect(sorted(others.flatMap(({ validation }) => idsOf(validation)))).toEqual([
    ...count(60),
    ...count(15, 2000),
  ]);
  for (const { test } of others) expect(idsOf(test)).toEqual(count(9, 1000));
});

test("each fold of a table has the means of its own training part", async () => {
  const path = write(`${folder()}/t.csv`, csv(60, 1));
  const data = await loadDataset([path]);
  for (const k of [0, 1, 2]) {
    const { train, layout } = foldOf(data, k, 3);
    const values = rowsOf(train.inputs).map(([a]) => a);
    expect(values.reduce((sum, a) => sum + a, 0) / values.length).toBeCloseTo(0, 5);
    expect(layout.standard?.mean).not.toEqual(data.layout.standard?.mean);
  }
});
