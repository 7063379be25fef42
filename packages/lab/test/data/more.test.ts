/** Other files for a model that is there. */
import { expect, test } from "vitest";
import { type Loaded, loadDataset, loadInputs } from "../../src/data/index.js";
import { rowsOf } from "../support/inputs.js";
import { all, count, x, y } from "../support/small.js";
import { folder, npy, write } from "../support/writers.js";

test("more files are read as the model has learned to read: columns by name, means, categories, classes", async () => {
  const here = folder();
  const lines = count(40).map((k) => `${k + 5},${["red", "blue"][k % 2]},${["yes", "no", "maybe"][k % 3]}`);
  const data = await loadDataset([write(`${here}/t.csv`, `a,colour,answer\n${lines.join("\n")}`)]);
  // It goes with a model as JSON.
  const layout: Loaded["layout"] = JSON.parse(JSON.stringify(data.layout));
  const more = write(`${here}/more.csv`, "colour,answer,noise,a\nblue,no,x,7\ngreen,yes,y,8\n");
  const { inputs, labels, placeOf } = await loadInputs([more], {}, layout);
  const [mean] = layout.standard?.mean ?? [];
  const [factor] = layout.standard?.factor ?? [];
  expect(rowsOf(inputs)).toEqual([
    [Math.fround((7 - mean) * factor), 1, 0],
    [Math.fround((8 - mean) * factor), 0, 0],
  ]);
  expect(Array.from(labels ?? [], (label) => layout.classes[label])).toEqual(["no", "yes"]);
  expect(placeOf(1)).toBe("line 3");
  expect((await loadInputs([more], { labels: "ignored" }, layout)).labels).toBe(null);

  const open = write(`${here}/open.csv`, "a,colour,answer\n7,blue,\n8,red,no\n");
  expect((await loadInputs([open], { labels: "ignored" }, layout)).labels).toBe(null);
  await expect(loadInputs([open], {}, layout)).rejects.toThrow(
    /open\.csv, line 2, column answer: the value is missing/,
  );
  const bare = write(`${here}/bare.csv`, "a,colour\n7,blue\n");
  expect((await loadInputs([bare], {}, layout)).labels).toBe(null);
  const rejects = (text: string, options = {}) =>
    expect(loadInputs([write(`${here}/bad.csv`, text)], options, layout)).rejects;
  await rejects("a,colour\n7,blue\n", { labels: "needed" }).toThrow(/bad\.csv has no column answer/);
  await rejects("a,answer\n7,no\n").toThrow(/bad\.csv has no column colour\. It has a, answer/);
  await rejects("a,colour,answer\n7,blue,perhaps\n").toThrow(
    /bad\.csv, line 2: the class perhaps is none of the 3 that the model knows\. Leave such rows out/,
  );
  const digits = await loadInputs([write(`${here}/digits.csv`, "a,colour\n7,12\n")], {}, layout);
  expect(rowsOf(digits.inputs)[0].slice(1)).toEqual([0, 0]);
  await rejects("a,colour,answer\nx,blue,no\n").toThrow(/column a holds names, where numbers are looked for/);
  await rejects("a,colour,answer\n").toThrow(/has no rows/);
});

test("more arrays: of the same width, with names or numbers of classes, of one part", async () => {
  const here = folder();
  write(`${here}/x.npy`, x(30));
  write(`${here}/y.npy`, y(30));
  write(`${here}/classes.txt`, "ant\nbee\ncow\n");
  const { layout } = await loadDataset([here], { ...all, standardize: true });
  const inputs = write(`${here}/more/x.npy`, x(6));
  const numbers = write(`${here}/more/y.npy`, y(6));
  expect((await loadInputs([inputs], {}, layout)).labels).toBe(null);
  expect(Array.from((await loadInputs([inputs, numbers], {}, layout)).labels ?? [])).toEqual([
    0, 1, 2, 0, 1, 2,
  ]);
  const names = write(`${here}/more/names.txt`, "cow\nant\nbee\nbee\nbee\nant\n");
  expect(Array.from((await loadInputs([inputs, names], {}, layout)).labels ?? [])).toEqual([
    2, 0, 1, 1, 1, 0,
  ]);
  const wide = write(`${here}/wide.npy`, npy(new Uint8Array(24), { type: "<f4", shape: [2, 3] }));
  await expect(loadInputs([wide], {}, layout)).rejects.toThrow(
    /The rows of .*wide\.npy are 3, and the model was trained on rows of 2\. Give it data of the same kind/,
  );
  await expect(loadInputs([write(`${here}/t.csv`, "a,b\n1,2\n")], {}, layout)).rejects.toThrow(
    /t\.csv is a table, where an array is looked for/,
  );
  write(`${here}/parts/x_train.npy`, x(4));
  write(`${here}/parts/y_train.npy`, y(4));
  write(`${here}/parts/x_test.npy`, x(3, 1));
  write(`${here}/parts/y_test.npy`, y(3));
  expect((await loadInputs([`${here}/parts`], {}, layout)).inputs.rows).toBe(3);
  expect((await loadInputs([`${here}/parts`], { part: "train" }, layout)).inputs.rows).toBe(4);
  await expect(loadInputs([`${here}/parts`], { part: "validation" }, layout)).rejects.toThrow(
    /has no validation part/,
  );
});
