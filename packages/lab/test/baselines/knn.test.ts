import { beforeAll, describe, expect, test } from "vitest";
import { knn } from "../../src/baselines/knn.js";
import { type DistanceName, nearest } from "../../src/baselines/neighbours.js";
import type { Dataset, Inputs, Part } from "../../src/data/dataset.js";
import { createEngine, type Engine } from "../../src/engine/index.js";
import { unpackBits } from "../../src/metrics/bits.js";
import { Random } from "../../src/random.js";

let engine: Engine;
beforeAll(async () => {
  engine = await createEngine("embedded");
});

function inputsOf(values: Float32Array, size: number): Inputs {
  return {
    rows: values.length / size,
    shape: [size],
    bytes: values.byteLength,
    gather(rows, out) {
      Array.from(rows, (row, k) => out.set(values.subarray(row * size, (row + 1) * size), k * size));
    },
  };
}

/** As it is defined, row by row, in float64. */
function nearestByDefinition(
  a: Float32Array,
  b: Float32Array,
  size: number,
  count: number,
  name: DistanceName,
) {
  const dot = (x: Float32Array, y: Float32Array) => x.reduce((sum, v, k) => sum + v * y[k], 0);
  const distance = (x: Float32Array, y: Float32Array) =>
    name === "cosine"
      ? 1 - dot(x, y) / Math.sqrt(dot(x, x) * dot(y, y))
      : x.reduce((sum, v, k) => sum + (v - y[k]) ** 2, 0);
  const references = rowsOf(b, size);
  return rowsOf(a, size).flatMap((row) =>
    references
      .map((other, j) => ({ j, d: distance(row, other) }))
      .sort((x, y) => x.d - y.d || x.j - y.j)
      .slice(0, count)
      .map(({ j }) => j),
  );
}

const rowsOf = (x: Float32Array, size: number): Float32Array[] =>
  Array.from({ length: x.length / size }, (_, i) => x.subarray(i * size, (i + 1) * size));

describe("nearest", () => {
  test("finds what a search by definition finds, over blocks that do not come out even", async () => {
    const [size, count] = [7, 6];
    const queries = new Random(1).normals(260 * size);
    const references = new Random(2).normals(8300 * size);
    const found = await nearest(
      inputsOf(queries, size),
      inputsOf(references, size),
      count,
      ["cosine", "euclidean"],
      engine,
    );
    for (const name of ["cosine", "euclidean"] as const) {
      // The first and the last of each block.
      for (const row of [0, 255, 256, 259]) {
        const query = queries.subarray(row * size, (row + 1) * size);
        const expected = nearestByDefinition(query, references, size, count, name);
        expect(Array.from(found[name].subarray(row * count, (row + 1) * count))).toEqual(expected);
      }
    }
    expect(found.cosine).not.toEqual(found.euclidean);
    expect(found.cosine.some((row) => row < 8192)).toBe(true);
    expect(found.cosine.some((row) => row >= 8192)).toBe(true);
  });

  test("of rows at one distance the first is the nearest, and rows of zeros have a distance too", async () => {
    const references = Float32Array.of(0, 0, 1, 0, 2, 0, 1, 0, 0, 1);
    const query = inputsOf(Float32Array.of(1, 0, 0, 0), 2);
    const { cosine, euclidean } = await nearest(
      query,
      inputsOf(references, 2),
      5,
      ["cosine", "euclidean"],
      engine,
    );
    expect(Array.from(cosine)).toEqual([1, 2, 3, 0, 4, 0, 1, 2, 3, 4]);
    expect(Array.from(euclidean.subarray(0, 5))).toEqual([1, 3, 0, 2, 4]);
  });
});

/** Points around a centre for each class. */
function clusters(rows: number, classes: number, size: number, noise: number, seed: number): Part {
  const centres = new Random(99).normals(classes * size);
  const labels = Int32Array.from({ length: rows }, (_, row) => row % classes);
  const values = new Random(seed).normals(rows * size, noise);
  labels.forEach((label, row) => {
    for (let k = 0; k < size; k++) values[row * size + k] += centres[label * size + k];
  });
  return { inputs: inputsOf(values, size), labels };
}

const datasetOf = (train: Part, validation: Part, testPart: Part, classes: number): Dataset => ({
  name: "made",
  classes: Array.from({ length: classes }, (_, k) => String(k)),
  train,
  validation,
  test: testPart,
  hash: "",
  notes: [],
});

describe("knn", () => {
  test("takes many neighbours where rows are noisy, and is then better than one", async () => {
    const [classes, size, noise] = [5, 8, 1.5];
    const part = (rows: number, seed: number) => clusters(rows, classes, size, noise, seed);
    const dataset = datasetOf(part(1000, 1), part(300, 2), part(500, 3), classes);
    const { name, test: scores } = await knn(dataset, engine);
    expect(name).toMatch(/^(10|20) nearest neighbours, /);
    const one = await nearest(dataset.test.inputs, dataset.train.inputs, 1, ["euclidean"], engine);
    const ofOne = one.euclidean.filter(
      (row, k) => dataset.train.labels[row] === dataset.test.labels[k],
    ).length;
    expect(scores.accuracy).toBeGreaterThan(ofOne / 500 + 0.05);
    expect(unpackBits(scores.correct, 500).reduce((a, b) => a + b, 0) / 500).toBeCloseTo(scores.accuracy, 12);
    expect(scores.nll).toBeLessThan(Math.log(classes));
  });

  test("a tie goes to the class of the nearest, and probabilities are shares of k + 1", async () => {
    // Five neighbours are all there is: two of each class and one of a third.
    const train = {
      inputs: inputsOf(Float32Array.of(0, 1, 2, 3, 10), 1),
      labels: Int32Array.of(1, 0, 0, 1, 2),
    };
    const queries = { inputs: inputsOf(Float32Array.of(0.1, 1.9), 1), labels: Int32Array.of(1, 0) };
    const twenty = datasetOf(train, queries, queries, 3);
    const { name, test: scores } = await knn(twenty, engine);
    expect(scores.accuracy).toBe(1);
    const k = Number(name.split(" ")[0]);
    const right = k === 1 ? (1 + 1 / 3) / 2 : (2 + 1 / 3) / 6;
    expect(scores.nll).toBeCloseTo(-Math.log(right), 2);
  });

  test("fewer rows than neighbours: what there are", async () => {
    const part = clusters(3, 3, 4, 0.1, 5);
    const { name, test: scores } = await knn(datasetOf(part, part, part, 3), engine);
    expect(name).toMatch(/^1 nearest neighbour, /);
    expect(scores.accuracy).toBe(1);
  });
});
