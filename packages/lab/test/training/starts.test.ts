import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test, vi } from "vitest";
import { createEngine } from "../../src/engine/index.js";
import { readVariables } from "../../src/training/checkpoint.js";
import { Model } from "../../src/training/model.js";
import type { Batch } from "../../src/training/source.js";
import { refuseStart, startMatrix } from "../../src/training/starts/index.js";
import { TextSource } from "../../src/training/text.js";
import { cosines, jacobi, mutualInformation } from "../support/float64.js";
import { data, plain, setUp, train } from "../support/spots.js";

const root = mkdtempSync(join(tmpdir(), "lab-starts-"));
afterAll(() => rmSync(root, { recursive: true }));
const engine = await createEngine("embedded");

const matrixOf = ({ head }: Model): Float32Array => {
  const matrix = head.parameters.find(({ name }) => name === "head.matrix");
  if (matrix === undefined) throw new Error("there is no matrix");
  return matrix.value;
};

test("class means are those of the features, less the mean of all, at length one", async () => {
  const { settings, source } = setUp({ trunk: "linear:8" }, "product:4");
  const model = await Model.create(settings.spec, engine, { batch: 16, seed: 5 });
  const atRandom = matrixOf(model).slice();
  // The last class has no rows: its vector stays where it is.
  const rows = [...source.training()].map(({ inputs, labels }) => ({
    inputs: inputs.slice(),
    labels: labels.slice(),
  }));
  const kept = rows
    .flatMap(({ inputs, labels }) =>
      Array.from(labels, (label, r) => ({ x: inputs.subarray(36 * r, 36 * (r + 1)), label })),
    )
    .filter(({ label }) => label < 3);
  expect(kept.length).toBe(72);
  const batches: Batch[] = [kept.slice(0, 50), kept.slice(50)].map((some) => ({
    inputs: Float32Array.from(some.flatMap(({ x }) => [...x])),
    labels: Int32Array.from(some, ({ label }) => label),
  }));
  vi.spyOn(source, "training").mockReturnValue(batches);
  await startMatrix("class-means", model, source, 5);

  const [weights, bias] = model.trunk.parameters.map(({ value }) => value);
  const features = kept.map(({ x, label }) => ({
    label,
    y: Array.from(bias, (b, j) => x.reduce((sum, value, i) => sum + value * weights[36 * j + i], b)),
  }));
  const meanOf = (some: typeof features) =>
    Array.from(bias, (_, j) => some.reduce((sum, { y }) => sum + y[j], 0) / some.length);
  const all = meanOf(features);
  const matrix = matrixOf(model);
  for (let c = 0; c < 3; c++) {
    const own = meanOf(features.filter(({ label }) => label === c)).map((value, j) => value - all[j]);
    const length = Math.hypot(...own);
    own.forEach((value, j) => {
      expect(Math.abs(matrix[8 * c + j] - value / length)).toBeLessThan(1e-5);
    });
  }
  expect(matrix.subarray(24)).toEqual(atRandom.subarray(24));
  await model.release();
});

/** Five kinds of three words, one kind behind the other; words of a kind stand behind the same. */
function kinds(length: number): TextSource {
  let s = 1;
  const next = (count: number): number => {
    s = Math.imul(s, 1664525) + 1013904223;
    return ((s >>> 16) * count) >>> 16;
  };
  const train = Int32Array.from({ length }, (_, at) => 3 * (at % 5) + next(3));
  const vocabulary = [..."abcdefghijklmnop"];
  return new TextSource(
    { name: "kinds", hash: "", notes: [], vocabulary, train, validation: train, test: train },
    4,
  );
}

/** Cosines of the vectors that a matrix of a head with so many features starts at. */
async function started(source: TextSource, features: number, seed: number) {
  const spec = {
    trunk: `lstm:${features}`,
    norm: null,
    head: "cosine",
    shape: [],
    features: 0,
    classes: source.classes.length,
    steps: source.steps,
  };
  const model = await Model.create(spec, engine, { batch: 4, seed });
  const atRandom = matrixOf(model).slice();
  await startMatrix("co-occurrences", model, source, seed);
  const matrix = matrixOf(model).slice();
  await model.release();
  return { atRandom, matrix, cosines: cosines([...matrix], features) };
}

test("with room for all, co-occurrences are the rows of the mutual information", async () => {
  const source = kinds(1200);
  const expected = cosines(mutualInformation(source.words, 16).flat(), 16);
  const found = await started(source, 20, 3);
  for (let a = 0; a < 15; a++) {
    for (let b = 0; b < 15; b++) {
      expect(Math.abs(found.cosines[a][b] - expected[a][b])).toBeLessThan(1e-5);
    }
  }
  // The last word is never met.
  expect(found.matrix.subarray(15 * 20)).toEqual(found.atRandom.subarray(15 * 20));
});

test("with less room they are in the span of the largest singular vectors", async () => {
  const source = kinds(12_000);
  const table = mutualInformation(source.words, 16);
  const squares = table.map((_, i) =>
    table.map((_, j) => table.reduce((sum, row) => sum + row[i] * row[j], 0)),
  );
  const { values, vectors } = jacobi(squares);
  // What is left out is far smaller, or two rounds would not do.
  expect(values[4] / values[5]).toBeGreaterThan(20);
  const inSpan = table.map((row) =>
    [0, 1, 2, 3, 4].map((k) => row.reduce((sum, value, i) => sum + value * vectors[k][i], 0)),
  );
  const expected = cosines(inSpan.flat(), 5);
  const found = await started(source, 5, 3);
  for (let a = 0; a < 15; a++) {
    for (let b = 0; b < 15; b++) {
      expect(Math.abs(found.cosines[a][b] - expected[a][b])).toBeLessThan(1e-4);
      // What they are for: words of a kind are alike, others are not.
      const alike = Math.floor(a / 3) === Math.floor(b / 3);
      expect(found.cosines[a][b] > 0.9).toBe(alike);
    }
  }
});

test("a start is a function of the seed and the data", async () => {
  const first = await started(kinds(1200), 8, 3);
  const again = await started(kinds(1200), 8, 3);
  const other = await started(kinds(1200), 8, 4);
  const longer = await started(kinds(700), 8, 3);
  expect(again.matrix).toEqual(first.matrix);
  expect(other.matrix).not.toEqual(first.matrix);
  expect(longer.matrix).not.toEqual(first.matrix);
});

test.each(["product:4", "cosine", "learned"])("%s goes on bit for bit from a start", async (head) => {
  const flags = { start: "class-means", average: "lookahead", norm: "batch" };
  const name = head.replace(":", "-");
  const whole = await train(setUp(flags, head), { engine, out: join(root, `${name}-whole`) }, []);
  const broken = setUp(flags, head);
  const looked = vi.spyOn(broken.source, "training");
  const out = join(root, `${name}-broken`);
  const again = await train(broken, { engine, out }, [1, 5, 6, 13]);
  expect(plain(again.result)).toEqual(plain(whole.result));
  const weights = [whole.out, again.out].map((folder) =>
    readVariables(join(folder, "last.safetensors"), "model"),
  );
  expect(weights[0]?.arrays).toEqual(weights[1]?.arrays);
  // What goes on has its matrix in the checkpoint.
  expect(looked).toHaveBeenCalledTimes(1);
});

test("where the start is another, so is the training", async () => {
  const out = (name: string) => ({ engine, out: join(root, name) });
  const random = await train(setUp({}, "product:4"), out("random"), []);
  const means = await train(setUp({ start: "class-means" }, "product:4"), out("means"), []);
  expect(means.result.epochs[0].trainLoss).not.toBe(random.result.epochs[0].trainLoss);
  expect(means.result.best?.test.rows).toBe(data.test.labels.length);
});

test.each<[start: "class-means" | "co-occurrences", heads: string[], text: boolean, message: RegExp | null]>([
  [
    "class-means",
    ["product:8"],
    true,
    /--start class-means is of rows with classes, and this is a text: take random or co-occurrences/,
  ],
  [
    "co-occurrences",
    ["cosine"],
    false,
    /--start co-occurrences is of a text, and this is rows with classes: take random or class-means/,
  ],
  [
    "class-means",
    ["hadamard", "simplex"],
    false,
    /--start class-means is where a learned matrix starts, and --heads hadamard,simplex has none/,
  ],
  ["class-means", ["hadamard", "product:8"], false, null],
  ["co-occurrences", ["learned"], true, null],
])("%s for %j, text %s", (start, heads, text, message) => {
  const refuse = () => refuseStart(start, heads, text);
  if (message === null) expect(refuse).not.toThrow();
  else expect(refuse).toThrow(message);
});
