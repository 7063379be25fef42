import { expect, test } from "vitest";
import { readLastLayer } from "../../src/read/index.js";
import { bytesOf, floatTensor, modelOf, numbers, op } from "../onnx/fixtures/model.js";
import { folderOfTest } from "./fixtures/folder.js";

const folder = folderOfTest();

const weights = numbers(5 * 12);
const gemm = (W: string, out: string) => op("Gemm", ["x", W], out, { transB: 1n });

test("a model is read by its file, or by the folder that has no other", async () => {
  const model = modelOf({
    input: [-1, 12],
    nodes: [gemm("W", "logits")],
    initializers: [floatTensor("W", [5, 12], weights)],
  });
  const path = folder.put("model.onnx", bytesOf(model));
  for (const place of [path, folder.at()])
    expect(await readLastLayer(place)).toMatchObject({
      classes: 5,
      features: 12,
      weights,
      origin: { weights: "W" },
    });
  folder.put("other.onnx", bytesOf(model));
  await expect(readLastLayer(folder.at())).rejects.toThrow(/is of no format that is read/);
});

test("of several outputs the option output names one, and weights nothing", async () => {
  const model = modelOf({
    input: [-1, 12],
    nodes: [gemm("W", "one"), gemm("V", "two")],
    initializers: [floatTensor("W", [5, 12], weights), floatTensor("V", [4, 12], numbers(48))],
    outputs: { one: [-1, 5], two: [-1, 4] },
  });
  const path = folder.put("model.onnx", bytesOf(model));
  await expect(readLastLayer(path)).rejects.toThrow(/say which one by the option output/);
  expect((await readLastLayer(path, { output: "two" })).origin.weights).toBe("V");
  await expect(readLastLayer(path, { weights: "V" })).rejects.toThrow(
    /the option weights names nothing: .* by the option output/,
  );
  const array = folder.put("w.npy", "");
  await expect(readLastLayer(array, { output: "two" })).rejects.toThrow(
    /w\.npy is no ONNX model, .* by the option weights/,
  );
});
