import { join } from "node:path";
import { InferenceSession, Tensor } from "onnxruntime-node";
import { expect, test } from "vitest";
import type { InferRequest, InferResponse, InputTensor } from "../../src/inference/request.js";
import { placeOf } from "../../src/models/places.js";
import { createInference, INLINE } from "../../src/server/inference.js";
import { bytesOf, folderOf, headOf, put, rowsOf } from "../support/models.js";
import { networkOf } from "../support/onnx.js";

const head = headOf();
const weights = rowsOf(6, 20, 5);
const network = { inputs: 6, features: 20, weights };

async function served(backbone: Uint8Array | string) {
  const folder = folderOf({ "m/head.safetensors": head.toSafetensors(), "m/backbone.onnx": backbone });
  const { inference, models } = createInference([placeOf(join(folder, "m"))]);
  await models.loadAll();
  const infer = (inputs: Partial<InputTensor>[], more: Partial<InferRequest> = {}) => {
    const whole = inputs.map((input) => ({ name: "x", datatype: "FP32", shape: [], contents: [], ...input }));
    const request = { model: "m", version: "", inputs: whole, outputs: [], parameters: {}, ...more };
    return inference.infer(request) as Promise<InferResponse>;
  };
  return { inference, models, infer, path: join(folder, "m") };
}

const input = (rows: number, seed = 0) => ({ shape: [rows, 6], contents: bytesOf(rowsOf(rows, 6, seed)) });

/** What onnxruntime makes of it by itself. */
async function featuresOf(file: Uint8Array, feeds: Record<string, Float32Array>): Promise<Float32Array> {
  const session = await InferenceSession.create(file);
  const tensors = Object.entries(feeds).map(([name, x]) => [
    name,
    new Tensor("float32", x, [x.length / 6, 6]),
  ]);
  return (await session.run(Object.fromEntries(tensors))).features.data as Float32Array;
}

test("a backbone and a head: the bits of one after the other", async () => {
  const { inference, infer } = await served(networkOf(network));
  expect(inference.metadata("m", "")).toMatchObject({
    platform: "fixed_classifier_onnx",
    inputs: [{ name: "x", datatype: "FP32", shape: [-1, 6] }],
  });
  for (const rows of [1, 5]) {
    const features = await featuresOf(networkOf(network), { x: rowsOf(rows, 6) });
    const { outputs } = await infer([input(rows)]);
    expect(outputs[0].contents).toEqual(head.forward(features));
    expect(outputs[1].contents).toEqual(head.probabilities(features));
  }
  expect((await infer([input(0)])).outputs[0]).toMatchObject({ shape: [0, 7] });
});

test("two inputs, in any order, each once and of as many rows", async () => {
  const file = networkOf(network, true);
  const { infer } = await served(file);
  const features = await featuresOf(file, { x: rowsOf(2, 6), y: rowsOf(2, 6, 1) });
  const [x, y] = [
    { ...input(2), name: "x" },
    { ...input(2, 1), name: "y" },
  ];
  expect((await infer([y, x])).outputs[0].contents).toEqual(head.forward(features));
  await expect(infer([x])).rejects.toThrow(/input "y" of the model "m" is missing/);
  await expect(infer([x, y, x])).rejects.toThrow(/input "x" of the model "m" is given twice/);
  await expect(infer([x, y, { ...x, name: "z" }])).rejects.toThrow(/has no input "z", but "x", "y"/);
  await expect(infer([x, { ...input(3), name: "y" }])).rejects.toThrow(/input "y" has 3 rows, but "x" has 2/);
});

test.each([
  [{ datatype: "FP64" }, /input "x" is FP64, but the model "m" takes FP32/],
  [{ shape: [12] }, /the shape is \[12\]/],
  [{ shape: [1, 12] }, /the shape is \[1, 12\]/],
  [{ shape: [-1, 6] }, /a dimension is -1/],
  [{ shape: [3, 6] }, /48 bytes were given, but 18 elements of FP32 are 72/],
])("%j is refused", async (wrong, message) => {
  const { infer } = await served(networkOf(network));
  await expect(infer([{ ...input(2), ...wrong }])).rejects.toMatchObject({
    failure: "invalid",
    message: expect.stringMatching(message),
  });
});

test("a fixed number of rows is part of the metadata, and wanted", async () => {
  const { inference, infer } = await served(networkOf({ ...network, rows: 2 }));
  expect(inference.metadata("m", "").inputs[0].shape).toEqual([2, 6]);
  expect((await infer([input(2)])).outputs[0].shape).toEqual([2, 7]);
  await expect(infer([input(1)])).rejects.toThrow(/takes \[2, 6\]/);
});

test.each<[string, Uint8Array | string, RegExp]>([
  ["no ONNX", "no network", /backbone.onnx cannot be run by onnxruntime: /],
  ["another output", networkOf({ ...network, output: "logits" }), /has no output "features", but logits/],
  [
    "another width",
    networkOf({ ...network, features: 10, weights: rowsOf(6, 10) }),
    /"features" is float32 of \[rows, 10\], but the head takes float32 or float16 of \[rows, 20\]/,
  ],
  ["integers", networkOf({ ...network, type: 6 }), /"features" is int32 of/],
])("a backbone that is %s is refused", async (_, file, message) => {
  await expect(served(file)).rejects.toThrow(message);
});

test("requests beyond those that may wait are told so, and the time it takes is recorded", async () => {
  const folder = folderOf({
    "m/head.safetensors": head.toSafetensors(),
    "m/backbone.onnx": networkOf(network),
  });
  const seconds: number[] = [];
  const { inference, models } = createInference([placeOf(join(folder, "m"))], {
    execution: { ...INLINE, queueLimit: 2 },
    recorder: { queued() {}, executed() {}, madeFeatures: (_, time) => seconds.push(time) },
  });
  await models.loadAll();
  const inputs = [{ name: "x", datatype: "FP32", ...input(1) }];
  const ask = async () => inference.infer({ model: "m", version: "", inputs, outputs: [], parameters: {} });
  const [first, second, third] = await Promise.allSettled([ask(), ask(), ask()]);
  expect([first.status, second.status]).toEqual(["fulfilled", "fulfilled"]);
  expect(third).toMatchObject({ reason: { failure: "exhausted", retryAfter: 1 } });
  expect(seconds).toHaveLength(2);
  expect((await ask()).outputs).toHaveLength(2);
});

test("a swap while requests run: each is answered by the one it found", async () => {
  const other = networkOf({ ...network, weights: rowsOf(6, 20, 9) });
  const { infer, models, path } = await served(networkOf(network));
  const [before, after] = await Promise.all(
    [networkOf(network), other].map((file) => featuresOf(file, { x: rowsOf(4, 6) })),
  );
  put(join(path, "backbone.onnx"), other);
  const running = Array.from({ length: 20 }, () => infer([input(4)]));
  await models.load("m");
  const next = await infer([input(4)]);
  for (const { outputs } of await Promise.all(running)) {
    expect(outputs[0].contents).toEqual(head.forward(before));
  }
  expect(next.outputs[0].contents).toEqual(head.forward(after));
  await models.unload("m");
});
