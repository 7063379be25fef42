import { FixedClassifier } from "fixed-classifier";
import { expect, test } from "vitest";
import { convert, filesOf } from "../../src/convert/convert.js";
import type { LastLayer } from "../../src/last-layer.js";
import { layerOf, normals, trained } from "./layers.js";

test("every candidate is measured on rows held out, and the smallest that agrees often enough is recommended", async () => {
  const { layer, x, labels } = trained(32, 20, 600, 3, 2);
  const names: string[] = [];
  const conversion = await convert(
    layer,
    { x, labels },
    {
      codes: [
        { width: 8, stages: 1 },
        { width: 4, stages: 4 },
      ],
      minAgreement: 0.95,
      onCandidate: (name) => names.push(name),
    },
  );
  expect(names).toEqual(["product:8x1", "product:4x4", "adapter:10", "learned"]);
  const { candidates, recommended, original, calibrationRows } = conversion;
  expect(calibrationRows).toBe(480);
  const by = new Map(candidates.map((candidate) => [candidate.name, candidate]));
  const [rough, fine, learned] = ["product:8x1", "product:4x4", "learned"].map((name) => by.get(name));
  expect(learned?.costs).toMatchObject({ rows: 120, agreement: 1, amongFive: 1 });
  expect(learned?.costs.divergence).toBeLessThan(1e-9);
  expect(learned?.costs.accuracy).toBe(original.accuracy);
  expect(original.bytes).toBe(4 * 33 * 20);
  expect(fine?.costs.agreement).toBeGreaterThan(rough?.costs.agreement ?? 1);
  expect(fine?.costs.divergence).toBeLessThan(rough?.costs.divergence ?? 0);
  expect(candidates.map(({ bytes }) => bytes)).toEqual(
    candidates.map(({ bytes }) => bytes).toSorted((a, b) => a - b),
  );
  for (const candidate of candidates) expect(candidate.microseconds, candidate.name).toBeGreaterThan(0);
  const enough = candidates.filter(({ costs }) => costs.agreement >= 0.95);
  expect(recommended).toBe(enough[0]);
  expect(recommended?.costs.agreement).toBeGreaterThanOrEqual(0.95);
});

test("originals that score again give the original's best class", async () => {
  const { layer, x } = trained(32, 20, 600, 5, 2);
  const { candidates } = await convert(
    layer,
    { x, labels: null },
    { codes: [{ width: 4, stages: 1 }], rerank: 16, adapter: false },
  );
  const [code, again] = ["product:4x1", "product:4x1+originals"].map((name) =>
    candidates.find((candidate) => candidate.name === name),
  );
  if (code === undefined || again === undefined) throw new Error("a candidate is missing");
  expect(code.costs.agreement).toBeLessThan(0.99);
  expect(again.costs.agreement).toBeGreaterThanOrEqual(0.99);
  expect(again.costs.accuracy).toBeNull();
  // The same code, without the two bytes a weight, the bias and their places in the header.
  expect(code.head.forward(x)).toEqual(again.head.forward(x));
  expect(again.bytes - code.bytes).toBeGreaterThan(2 * 32 * 20 + 4 * 20);
  expect(() => code.head.topK(x, 1, { rerank: 16 })).toThrow(/originals/);
  const { head } = again;
  expect(FixedClassifier.fromSafetensors(head.toSafetensors()).topK(x, 1, { rerank: 16 }).classes).toEqual(
    head.topK(x, 1, { rerank: 16 }).classes,
  );
});

test("the authors' form becomes their code, whatever the sign of its scale, and loses nothing", async () => {
  const [features, classes] = [24, 10];
  const draw = normals(9);
  const sign = (c: number, j: number): number =>
    ((c & j).toString(2).match(/1/g)?.length ?? 0) % 2 === 0 ? 1 : -1;
  const x = Float32Array.from({ length: 300 * features }, draw);
  for (const scale of [3, -3]) {
    const weights = Float32Array.from(
      { length: classes * features },
      (_, i) => scale * sign(Math.floor(i / features), i % features),
    );
    const bias = Float32Array.from({ length: classes }, draw);
    const layer = layerOf(features, classes, weights, bias, scale);
    const { candidates, recommended } = await convert(layer, { x, labels: null });
    expect(candidates.map(({ name }) => name)).toEqual(["sylvester"]);
    expect(recommended?.costs).toMatchObject({ rows: 100, agreement: 1, amongFive: 1 });
    expect(recommended?.costs.divergence).toBeLessThan(1e-10);
    const row = x.subarray(0, features);
    const norm = Math.hypot(...row) + 1e-8;
    const logits = recommended?.head.forward(row) ?? [];
    for (let c = 0; c < classes; c++) {
      const product = row.reduce((sum, value, j) => sum + (value / norm) * weights[c * features + j], 0);
      expect(logits[c]).toBeCloseTo(product + bias[c], 4);
    }
  }
});

test("an adapter of an order above the classes says what the layer says; its file is no smaller, and told so", async () => {
  const { layer, x } = trained(40, 30, 300, 1, 2);
  const { candidates, original } = await convert(
    { ...layer, bias: null },
    { x, labels: null },
    { codes: [], adapter: 32 },
  );
  const found = candidates.find(({ name }) => name === "adapter:32");
  expect(found?.costs.agreement).toBe(1);
  expect(found?.bytes).toBeGreaterThan(original.bytes);
  expect(found && filesOf(found).map(({ part }) => part)).toEqual(["head", "adapter"]);
});

test("of two classes the adapter has two numbers, for one would only be a sign", async () => {
  const { layer, x } = trained(24, 2, 300, 3, 1);
  const { candidates } = await convert({ ...layer, bias: null }, { x, labels: null }, { codes: [] });
  const found = candidates.find(({ name }) => name.startsWith("adapter"));
  expect(found?.name).toBe("adapter:2");
  expect(found?.costs.agreement).toBe(1);
});

test("codes that cannot be made are told of with the reason, and the others are made", async () => {
  const { layer, x } = trained(6, 4, 300);
  const { candidates, refused } = await convert(
    layer,
    { x, labels: null },
    {
      codes: [
        { width: 8, stages: 1 },
        { width: 2, stages: 2 },
      ],
      adapter: 1,
    },
  );
  expect(candidates.map(({ name }) => name).toSorted()).toEqual(["learned", "product:2x2"]);
  expect(refused.map(({ name }) => name)).toEqual(["product:8x1", "adapter:1"]);
  for (const { reason } of refused) expect(reason.length).toBeGreaterThan(10);
});

test("weights that are not finite and a least agreement that is no part are refused", async () => {
  const { layer, x } = trained(6, 4, 300);
  const weights = layer.weights.with(6 * 2 + 5, Number.NaN);
  await expect(convert({ ...layer, weights }, { x, labels: null })).rejects.toThrow(
    /made: w has NaN for class 2, feature 5; .*checkpoint/,
  );
  await expect(convert(layer, { x, labels: null }, { minAgreement: 99 })).rejects.toThrow(
    /99: give a part from 0 to 1/,
  );
});

test("rows that say little are warned of: few, few for the features, all of one class", async () => {
  const options = { codes: [{ width: 8, stages: 1 }], adapter: false } as const;
  const warningsOf = async (layer: LastLayer, x: Float32Array) =>
    (await convert(layer, { x, labels: null }, options)).warnings;
  const { layer, x } = trained(32, 20, 400);
  expect(await warningsOf(layer, x)).toEqual([]);
  expect(await warningsOf(layer, x.subarray(0, 32 * 60))).toEqual([expect.stringMatching(/^only 60 rows/)]);
  const wide = trained(1000, 20, 200);
  expect(await warningsOf(wide.layer, wide.x)).toEqual([
    expect.stringMatching(/^100 rows to calibrate by are few for 1000 features: .* with 125 and more/),
  ]);
  const one = Float32Array.from({ length: 400 * 32 }, (_, i) => layer.weights[5 * 32 + (i % 32)]);
  const classNames = Array.from({ length: 20 }, (_, c) => `class ${c}`);
  expect(await warningsOf({ ...layer, classNames }, one)).toEqual([
    expect.stringMatching(/best class is 5 \(class 5\) for all of the 100 rows .* give rows of all classes/),
  ]);
});
