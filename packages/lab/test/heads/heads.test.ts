import { expect, test } from "vitest";
import { createEngine } from "../../src/engine/index.js";
import type { Head } from "../../src/heads/head.js";
import { createHead } from "../../src/heads/index.js";
import { Random } from "../../src/random.js";

const engine = await createEngine("embedded");
const SHAPE = { features: 16, classes: 6, rows: 5 };
const HEADS = ["learned", "cosine", "hadamard", "orthogonal", "simplex", "sylvester", "product:4"];

const features = new Random(1).normals(SHAPE.rows * SHAPE.features);
const labels = Int32Array.of(0, 5, 2, 2, 1);

/** Mean cross-entropy in float64, from logits. */
function lossOf(logits: Float32Array): number {
  let loss = 0;
  for (let row = 0; row < SHAPE.rows; row++) {
    const z = [...logits.subarray(row * SHAPE.classes, (row + 1) * SHAPE.classes)];
    const top = Math.max(...z);
    loss += top + Math.log(z.reduce((sum, value) => sum + Math.exp(value - top), 0)) - z[labels[row]];
  }
  return loss / SHAPE.rows;
}

const lossAt = async (head: Head, x: Float32Array): Promise<number> => lossOf((await head.logits(x)).slice());

/** The gradient of `values` by central differences. */
async function differences(head: Head, values: Float32Array, step: number): Promise<number[]> {
  const found: number[] = [];
  for (let i = 0; i < values.length; i++) {
    const before = values[i];
    values[i] = before + step;
    const above = await lossAt(head, features);
    const up = values[i];
    values[i] = before - step;
    const below = await lossAt(head, features);
    found.push((above - below) / (up - values[i]));
    values[i] = before;
  }
  return found;
}

const far = (a: Float32Array, b: readonly number[]): number =>
  a.reduce((worst, value, i) => Math.max(worst, Math.abs(value - b[i])), 0);

test.each(HEADS)("%s: loss and all gradients are those of its logits", async (name) => {
  const head = await createHead(name, SHAPE, 3, engine);
  for (const { name: of, value } of head.parameters) {
    // Small scales, where differences are exact enough; biases that count.
    if (of === "head.scale") value[0] = 3;
    if (of === "head.bias") value.set(new Random(2).uniforms(value.length, 0.5));
  }
  const { loss, gradient, correct } = await head.step(features, labels);
  expect(Math.abs(loss - (await lossAt(head, features)))).toBeLessThan(2e-6);
  const logits = (await head.logits(features)).slice();
  const best = Array.from(labels, (_, row) => {
    const z = [...logits.subarray(row * SHAPE.classes, (row + 1) * SHAPE.classes)];
    return z.indexOf(Math.max(...z));
  });
  expect(correct).toBe(best.filter((found, row) => found === labels[row]).length);
  expect(far(gradient.slice(), await differences(head, features, 1e-2))).toBeLessThan(2e-4);
  for (const { name: of, value, gradient: ofValue } of head.parameters) {
    if (name.startsWith("product") && of === "head.matrix") continue;
    expect(far(ofValue.slice(), await differences(head, value, 1e-2)), of).toBeLessThan(2e-4);
  }
  await head.release();
});

test("learned and cosine heads have the logits of their formulas", async () => {
  for (const name of ["learned", "cosine"]) {
    const head = await createHead(name, SHAPE, 5, engine);
    const [matrix, bias, scale] = head.parameters.map(({ value }) => value);
    bias.set(new Random(9).uniforms(bias.length, 1));
    const logits = await head.logits(features);
    const { features: width, classes } = SHAPE;
    const length = (v: Float32Array): number => Math.hypot(...v);
    for (let row = 0; row < SHAPE.rows; row++) {
      const x = features.subarray(row * width, (row + 1) * width);
      for (let c = 0; c < classes; c++) {
        const w = matrix.subarray(c * width, (c + 1) * width);
        const product = x.reduce((sum, value, i) => sum + value * w[i], 0);
        const factor = name === "cosine" ? scale[0] / (length(x) * length(w)) : 1;
        expect(Math.abs(logits[row * classes + c] - (product * factor + bias[c]))).toBeLessThan(1e-5);
      }
    }
    expect(head.scale).toBe(name === "cosine" ? Math.fround(Math.log(99 * 5)) : null);
    await head.release();
  }
});

test("the matrix of a product head gets the gradient of its rounding, through its length", async () => {
  const head = await createHead("product:4", SHAPE, 3, engine);
  const { loss } = await head.step(features, labels);
  const [matrix] = head.parameters;
  // Across the vector only: its length does not count.
  for (let c = 0; c < SHAPE.classes; c++) {
    const from = c * SHAPE.features;
    let along = 0;
    for (let i = 0; i < SHAPE.features; i++) along += matrix.value[from + i] * matrix.gradient[from + i];
    expect(Math.abs(along)).toBeLessThan(1e-5);
  }
  // Downhill it learns.
  for (let step = 0; step < 60; step++) {
    await head.step(features, labels);
    for (const { value, gradient } of head.parameters)
      for (let i = 0; i < value.length; i++) value[i] -= 0.05 * gradient[i];
  }
  expect((await head.step(features, labels)).loss).toBeLessThan(loss / 2);
  expect(head.classifier()?.code.name).toBe("product");
});

test("more rows than a program holds are evaluated as each by itself", async () => {
  const head = await createHead("learned", SHAPE, 1, engine);
  const many = new Random(4).normals(600 * SHAPE.features);
  const logits = (await head.logits(many)).slice();
  const one = await head.logits(many.subarray(599 * SHAPE.features));
  expect([...logits.subarray(599 * SHAPE.classes)]).toEqual([...one]);
  await head.release();
});

test("what is no head is told with those there are", async () => {
  await expect(createHead("dense", SHAPE, 0, engine)).rejects.toThrow(
    /"dense" is no head: choose among learned, cosine/,
  );
  await expect(createHead("product:5", SHAPE, 0, engine)).rejects.toThrow(/one of 2, 4, 8, 16, 32/);
  await expect(createHead("hadamard:8", SHAPE, 0, engine)).rejects.toThrow(/no head/);
});

test.each(HEADS.slice(2))("%s: the core's head has the logits of the one that is trained", async (name) => {
  const head = await createHead(name, SHAPE, 3, engine);
  for (const { name: of, value } of head.parameters) {
    if (of === "head.scale") value[0] = 7;
    if (of === "head.bias") value.set(new Random(2).uniforms(value.length, 0.5));
  }
  const given = head.classifier();
  if (given === null) throw new Error("a fixed head is one of the core's");
  const width = given.features;
  const narrowed = Float32Array.from(
    { length: SHAPE.rows * width },
    (_, k) => features[Math.floor(k / width) * SHAPE.features + (k % width)],
  );
  expect(far(given.forward(narrowed), [...(await head.logits(features))])).toBeLessThan(1e-5);
  expect(head.parameterCount).toBe(1 + SHAPE.classes);
  await head.release();
});
