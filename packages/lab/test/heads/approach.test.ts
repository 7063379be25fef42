import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { FixedClassifier } from "fixed-classifier";
import { afterAll, expect, test } from "vitest";
import { createEngine } from "../../src/engine/index.js";
import type { Head } from "../../src/heads/head.js";
import { createHead } from "../../src/heads/index.js";
import { Random } from "../../src/random.js";
import { openTrained } from "../../src/training/trained.js";
import { roundedTo } from "../support/float64.js";
import { bytes, plain, setUp, train } from "../support/spots.js";

const root = mkdtempSync(join(tmpdir(), "lab-approach-"));
afterAll(() => rmSync(root, { recursive: true }));
const engine = await createEngine("embedded");
const SHAPE = { features: 16, classes: 6, rows: 5, trainingSteps: 12 };
const features = new Random(1).normals(SHAPE.rows * SHAPE.features);
const labels = Int32Array.of(0, 5, 2, 2, 1);

/** Its arrays by their names without "head.". */
const arraysOf = ({ parameters }: Head) =>
  Object.fromEntries(parameters.map((one) => [one.name.replace("head.", ""), one]));

async function made(name: string): Promise<Head> {
  const head = await createHead(name, SHAPE, 3, engine);
  const { scale, bias } = arraysOf(head);
  scale.value[0] = 3;
  bias.value.set(new Random(2).uniforms(SHAPE.classes, 0.5));
  return head;
}

/** Logits of vectors, which are taken at length one, in float64. */
function logitsOf(vectors: readonly (readonly number[])[], head: Head): number[] {
  const { scale, bias } = arraysOf(head);
  const x = Array.from({ length: SHAPE.rows }, (_, r) => [
    ...features.subarray(r * SHAPE.features, (r + 1) * SHAPE.features),
  ]);
  return x.flatMap((row) =>
    vectors.map((vector, c) => {
      const product = row.reduce((sum, value, i) => sum + value * vector[i], 0);
      return (scale.value[0] * product) / (Math.hypot(...row) * Math.hypot(...vector)) + bias.value[c];
    }),
  );
}

const rowsOf = (matrix: Float32Array): number[][] =>
  Array.from({ length: SHAPE.classes }, (_, c) => [
    ...matrix.subarray(c * SHAPE.features, (c + 1) * SHAPE.features),
  ]);

const far = (a: Float32Array, b: ArrayLike<number>): number => {
  expect(a.length).toBe(b.length);
  return a.reduce((worst, value, i) => Math.max(worst, Math.abs(value - b[i])), 0);
};

test("a blended head computes with the mixture that its step is at, and then with the rounding", async () => {
  const head = await made("blended:4");
  const unit = 1 / Math.sqrt(SHAPE.features);
  // Half of twelve steps, and three more.
  for (let step = 0; step < 9; step++) {
    const share = Math.min(1, step / 6);
    const { matrix } = arraysOf(head);
    const expected = rowsOf(matrix.value).map((vector) => {
      const signs = roundedTo(vector, 4);
      return vector.map(
        (value, i) => ((1 - share) * value) / Math.hypot(...vector) + share * unit * signs[i],
      );
    });
    expect(far(await head.logits(features), logitsOf(expected, head)), `step ${step}`).toBeLessThan(1e-5);
    expect(head.settled).toBe(share === 1);
    expect(head.classifier() === null).toBe(share < 1);
    await head.step(features, labels);
    for (const { value, gradient } of head.parameters)
      for (let i = 0; i < value.length; i++) value[i] -= 0.2 * gradient[i];
    head.afterStep?.();
  }
  await head.release();
});

test("a blended head begins with the gradients of a cosine head and ends with those of a product head", async () => {
  const head = await made("blended:4");
  const gradients = async (of: Head) => {
    const { loss, correct, gradient } = await of.step(features, labels);
    const own = Object.values(arraysOf(of)).map((one) => [one.name, one.gradient.slice()] as const);
    return { loss, correct, gradient: gradient.slice(), own: Object.fromEntries(own) };
  };
  for (const [name, other] of [
    ["cosine", await made("cosine")],
    ["product", await made("product:4")],
  ] as const) {
    arraysOf(other).matrix.value.set(arraysOf(head).matrix.value);
    const [found, expected] = [await gradients(head), await gradients(other)];
    expect(Math.abs(found.loss - expected.loss), name).toBeLessThan(1e-5);
    expect(found.correct).toBe(expected.correct);
    expect(far(found.gradient, expected.gradient)).toBeLessThan(1e-5);
    for (const [of, one] of Object.entries(found.own)) expect(far(one, expected.own[of])).toBeLessThan(1e-5);
    for (let step = 0; step < 6; step++) head.afterStep?.();
    await other.release();
  }
  await head.release();
});

test("a frozen head is a cosine head whose vectors are rounded once", async () => {
  const head = await made("frozen:4:0.25");
  const { matrix, scale } = arraysOf(head);
  for (let step = 0; step < 3; step++) {
    expect(far(await head.logits(features), logitsOf(rowsOf(matrix.value), head))).toBeLessThan(1e-5);
    expect([head.settled, head.classifier()]).toEqual([false, null]);
    await head.step(features, labels);
    for (let i = 0; i < matrix.value.length; i++) matrix.value[i] -= 0.2 * matrix.gradient[i];
    head.afterStep?.();
  }
  const rounded = rowsOf(matrix.value).map((vector) => roundedTo(vector, 4));
  // Whatever becomes of the matrix, and of the moments that an optimiser has of it.
  matrix.value.set(new Random(8).normals(matrix.value.length));
  head.afterStep?.();
  expect(far(await head.logits(features), logitsOf(rounded, head))).toBeLessThan(1e-5);
  expect(head.settled).toBe(true);
  expect(head.classifier()?.code.name).toBe("product");
  matrix.gradient.fill(1);
  await head.step(features, labels);
  expect(matrix.gradient.every((value) => value === 0)).toBe(true);
  expect(scale.gradient[0]).not.toBe(0);
  await head.release();
});

test.each(["blended:4", "frozen:4", "blended:2:0.9"])(
  "%s goes on bit for bit, and its best epoch is one of what it is to be",
  async (name) => {
    const flags = { average: "pswa:2", epochs: "4", start: "class-means" };
    const out = (what: string) => ({ engine, out: join(root, `${name.replaceAll(":", "-")}-${what}`) });
    const whole = await train(setUp(flags, name), out("whole"), []);
    // 24 steps, six an epoch; 12 or 22 of them are the first part.
    const broken = await train(setUp(flags, name), out("broken"), [1, 11, 12, 13, 20, 22]);
    expect(plain(broken.result)).toEqual(plain(whole.result));
    for (const file of ["best", "last", "head", "averaged-best", "averaged-last"])
      expect(bytes(broken.out, file)).toBe(bytes(whole.out, file));
    const { best, headBytes, methods, epochs } = whole.result;
    const settled = name.endsWith("0.9") ? 4 : 2;
    expect(epochs.length).toBe(4);
    expect(best?.epoch).toBeGreaterThanOrEqual(settled);
    expect(methods?.averaged?.best.epoch).toBeGreaterThanOrEqual(settled);

    const file = new Uint8Array(readFileSync(join(whole.out, "head.safetensors")));
    expect(file.byteLength).toBe(headBytes);
    const core = FixedClassifier.fromSafetensors(file);
    expect(core.code.name).toBe("product");
    const { model } = await openTrained(join(whole.out, "best.safetensors"), engine);
    const rows = new Random(7).normals(3 * 8);
    expect(far(await model.head.logits(rows), core.forward(rows))).toBe(0);
    await model.release();
  },
);

test.each([
  ["blended:5", /the width of a product code is one of 2, 4, 8, 16, 32, as in blended:8/],
  ["frozen:8:1", /a share of the steps between 0 and 1, as in frozen:8:0.5, can stand behind the width/],
  ["blended:8:half", /a share of the steps/],
  ["frozen:8:0.5:1", /a share of the steps/],
  ["product:8:0.5", /nothing can stand behind the width/],
])("%s is no head", async (name, message) => {
  await expect(createHead(name, SHAPE, 0, engine)).rejects.toThrow(message);
});
