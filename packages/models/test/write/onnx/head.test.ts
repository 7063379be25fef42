import { fromBinary } from "@bufbuild/protobuf";
import fc from "fast-check";
import { FixedClassifier, type FixedClassifierOptions } from "fixed-classifier";
import ort from "onnxruntime-node";
import { expect, test } from "vitest";
import { ModelProtoSchema, openProto, parseModel } from "../../../src/onnx/index.js";
import { OPSETS } from "../../../src/write/onnx/head.js";
import { type HeadGraphOptions, headGraph, headModel } from "../../../src/write/onnx/index.js";

/** Numbers in ±1, the same for a seed. */
function numbers(count: number, seed: number): Float32Array {
  let state = seed + 1;
  return Float32Array.from({ length: count }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 31 - 1;
  });
}

function headOf(options: FixedClassifierOptions, seed = 0): FixedClassifier {
  const head = new FixedClassifier(options);
  head.bias?.set(numbers(head.classes, seed));
  return head;
}

async function run(
  head: FixedClassifier,
  x: Float32Array,
  options: HeadGraphOptions = {},
): Promise<Float32Array> {
  const session = await ort.InferenceSession.create(headModel(head, options), {
    intraOpNumThreads: 1,
    logSeverityLevel: 3,
  });
  const { input = "features", output = "logits" } = options;
  const features = new ort.Tensor("float32", x, [x.length / head.features, head.features]);
  const result = (await session.run({ [input]: features }))[output];
  await session.release();
  expect(result.dims).toEqual([x.length / head.features, head.classes]);
  return result.data as Float32Array;
}

/** The largest difference, as a part of the largest logit. */
function difference(a: Float32Array, b: Float32Array): number {
  let [most, largest] = [0, 0];
  b.forEach((value, i) => {
    most = Math.max(most, Math.abs(a[i] - value));
    largest = Math.max(largest, Math.abs(value));
  });
  return most / largest;
}

async function expectSame(head: FixedClassifier, options: HeadGraphOptions = {}, rows = 3): Promise<void> {
  const x = numbers(rows * head.features, 5);
  expect(difference(await run(head, x, options), head.forward(x))).toBeLessThan(1e-5);
}

const random = Array.from({ length: 40 }, (_, i) => (i * 37) % 97);

const HEADS: Readonly<Record<string, FixedClassifierOptions>> = {
  "one matrix": { features: 20, classes: 7 },
  "one block, no bias": { features: 2048, classes: 1000, bias: false },
  "a Paley factor": { features: 1280, classes: 1000 },
  "a Paley factor of one matrix": { features: 44, classes: 100 },
  "a Williamson factor, which is not symmetric": { features: 184, classes: 300 },
  "a width that is cut": { features: 1000, classes: 1500 },
  "several blocks with negated rows": { features: 512, classes: 3000 },
  "several blocks, odd width": { features: 381, classes: 1999 },
  "three factors": { features: 8192, classes: 20000 },
  "random masks": { features: 16, classes: 500 },
  "assigned vectors": { features: 48, classes: 60, code: { name: "hadamard", assignment: random } },
  "the authors' code": { features: 100, classes: 120, code: "sylvester" },
  "the authors' code with duplicates": {
    features: 64,
    classes: 1000,
    code: { name: "sylvester", allowDuplicates: true },
  },
  simplex: { features: 767, classes: 700, code: "simplex" },
  "a small simplex": { features: 11, classes: 12, code: "simplex" },
  orthoplex: { features: 576, classes: 1152, code: "orthoplex" },
  "orthoplex, some": { features: 96, classes: 97, code: "orthoplex" },
  cube: { features: 11, classes: 2000, code: "cube" },
  "a cube of one feature": { features: 1, classes: 2, code: "cube" },
  orthogonal: { features: 50, classes: 70, code: "orthogonal" },
  learned: { features: 50, classes: 70, code: "learned", bias: false },
  "product, width 2": { features: 50, classes: 70, code: { name: "product", width: 2 } },
  "product, width 4 and a last short one": { features: 51, classes: 70, code: { name: "product", width: 4 } },
  "product of stages": { features: 64, classes: 70, code: { name: "product", width: 8, stages: 3 } },
  "product, width 32": { features: 70, classes: 20, code: { name: "product", width: 32, stages: 2 } },
  "product behind a rotation": {
    features: 256,
    classes: 70,
    code: { name: "product", width: 16, rotation: 3 },
  },
  "product behind a rotation with a Paley factor": {
    features: 96,
    classes: 30,
    code: { name: "product", width: 8, rotation: 3 },
  },
  "product behind a rotation of another length": {
    features: 100,
    classes: 70,
    code: { name: "product", width: 4, stages: 2, rotation: 3 },
  },
  "product behind a rotation of odd length, not normalised": {
    features: 77,
    classes: 70,
    code: { name: "product", width: 8, stages: 2, rotation: 4, normalised: false },
  },
};

for (const [name, options] of Object.entries(HEADS))
  test(`onnxruntime gives the logits of the head: ${name}`, () => expectSame(headOf(options)));

test("a layer that was rounded keeps its logits", async () => {
  const layer = { features: 60, classes: 40, weights: numbers(2400, 1), bias: numbers(40, 2) };
  const head = await FixedClassifier.fromDense(layer, {
    code: { name: "product", width: 4, stages: 2 },
    calibration: numbers(200 * 60, 3),
  });
  await expectSame(head);
});

test("whatever code, width and number of classes", async () => {
  const code = fc.constantFrom("hadamard", "product", "orthogonal", "learned", "hadamard", "product");
  await fc.assert(
    fc.asyncProperty(
      code,
      fc.integer({ min: 14, max: 700 }),
      fc.integer({ min: 1, max: 1500 }),
      fc.boolean(),
      fc.integer({ min: OPSETS.oldest, max: 21 }),
      fc.integer({ min: 1, max: 4 }),
      async (code, features, classes, bias, opset, rows) => {
        await expectSame(headOf({ features, classes, code, bias }), { opset }, rows);
      },
    ),
    { numRuns: 25, seed: 7 },
  );
});

test("every version of the operators that the runtime has", async () => {
  const heads = ["hadamard", "product", "orthogonal", "cube", "learned"].map((code) =>
    headOf({ features: 12, classes: 17, code: code as "hadamard", bias: code !== "learned" }),
  );
  heads.push(headOf({ features: 90, classes: 60 }));
  heads.push(headOf({ features: 90, classes: 60, code: { name: "product", stages: 2, rotation: 1 } }));
  for (let opset = OPSETS.oldest; opset <= OPSETS.newest; opset++)
    for (const head of heads) await expectSame(head, { opset });
});

test("a row of zeros, a row with NaN, a class that is masked", async () => {
  const head = headOf({ features: 512, classes: 2000 });
  if (head.bias) head.bias[3] = Number.NEGATIVE_INFINITY;
  const x = numbers(3 * 512, 8);
  x.fill(0, 0, 512);
  x[512] = Number.NaN;
  const logits = await run(head, x);
  const expected = head.forward(x);
  expect(logits.subarray(0, 2000)).toEqual(head.bias);
  expect(logits[4003]).toBe(Number.NEGATIVE_INFINITY);
  for (const z of [logits, expected])
    expect(z.subarray(2000, 4000).every((v, c) => c === 3 || Number.isNaN(v))).toBe(true);
  expect(difference(logits.subarray(4004), expected.subarray(4004))).toBeLessThan(1e-5);
});

test("a dense layer with a class that is masked is read again as it was written", () => {
  const head = headOf({ features: 12, classes: 5, code: "learned" });
  head.bias?.fill(Number.NEGATIVE_INFINITY, 3, 4);
  const { lastLayer } = openProto(parseModel(headModel(head), "head"), "head");
  expect([lastLayer.weights, lastLayer.bias]).toEqual([head.weights, head.bias]);
});

test("names are the caller's and none is given twice; what is made is used", () => {
  const head = headOf({ features: 512, classes: 2000 });
  const { nodes, initializers } = headGraph(head, { input: "signs", output: "bias" });
  const made = [...nodes.flatMap(({ output }) => output), ...initializers.map(({ name }) => name)];
  expect(new Set([...made, "signs"]).size - 1).toBe(made.length);
  expect(made).toContain("bias");
  const known = new Set(["signs", ...initializers.map(({ name }) => name)]);
  const used = new Set<string>();
  for (const { input, output } of nodes) {
    for (const name of input) expect(known).toContain(name);
    for (const name of input) used.add(name);
    for (const name of output) known.add(name);
  }
  for (const { name } of initializers) expect(used).toContain(name);
});

test("features and logits of float16", async () => {
  const head = headOf({ features: 100, classes: 30 });
  const model = fromBinary(ModelProtoSchema, headModel(head, { type: "float16" }));
  const types = [...(model.graph?.input ?? []), ...(model.graph?.output ?? [])].map(({ type }) =>
    type?.value.case === "tensorType" ? type.value.value.elemType : 0,
  );
  expect(types).toEqual([10, 10]);
  const session = await ort.InferenceSession.create(headModel(head, { type: "float16" }));
  const ones = new Uint16Array(100).fill(0x3c00);
  const { logits } = await session.run({ features: new ort.Tensor("float16", ones, [1, 100]) });
  const first = (logits.data as Uint16Array)[0];
  const expected = head.forward(new Float32Array(100).fill(1))[0];
  const value = (1 + (first & 1023) / 1024) * 2 ** (((first >> 10) & 31) - 15) * (first >> 15 ? -1 : 1);
  expect(Math.abs(value - expected)).toBeLessThan(2e-3 * Math.abs(expected) + 1e-3);
});

test("a fixed head is small: what is kept is its bias and two small matrices", () => {
  expect(headModel(headOf({ features: 2048, classes: 1000 })).length).toBeLessThan(26_000);
  const layer = { features: 2048, classes: 1000, code: { name: "product", width: 8, stages: 4 } } as const;
  expect(headModel(headOf(layer)).length).toBeLessThan(600_000);
});

test("what cannot be written is said", () => {
  const head = headOf({ features: 8, classes: 4 });
  expect(() => headModel(head, { opset: 8 })).toThrow(/opset 8 .*give 9 to 26/);
  expect(() => headModel(head, { opset: 13.5 })).toThrow(/opset 13.5/);
  expect(() => headModel(head, { input: "a", output: "a" })).toThrow(/different names/);
  expect(() => headModel(head, { type: "float64" as "float32" })).toThrow(/float64.*give float32 or float16/);
  if (head.bias) head.bias[2] = Number.NaN;
  expect(() => headModel(head)).toThrow(/bias of class 2 is NaN/);
  head.scale = Number.NaN;
  expect(() => headModel(head)).toThrow(/scale is NaN/);
  const learned = headOf({ features: 8, classes: 4, code: "learned" });
  if (learned.weights) learned.weights[9] = Number.POSITIVE_INFINITY;
  expect(() => headModel(learned)).toThrow(/Infinity at 9/);
});

test("a head that was exported is no model to convert", () => {
  const model = fromBinary(ModelProtoSchema, headModel(headOf({ features: 32, classes: 20 })));
  expect(() => openProto(model, "head.onnx")).toThrow(/^head.onnx is a head that this package exported/);
});
