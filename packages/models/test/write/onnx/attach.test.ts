import { writeFileSync } from "node:fs";
import { FixedClassifier } from "fixed-classifier";
import { InferenceSession, Tensor } from "onnxruntime-node";
import { describe, expect, test } from "vitest";
import { authorsHead } from "../../../src/convert/original.js";
import { openOnnx } from "../../../src/onnx/index.js";
import { headGraph, headModel } from "../../../src/write/onnx/index.js";
import { authors } from "../../onnx/fixtures/authors.js";
import { numbers } from "../../onnx/fixtures/model.js";
import { farthest, ownFolder, run } from "../../onnx/support.js";

const folder = ownFolder();
const [features, classes] = [96, 150];

async function logitsOf(path: string, x: Float32Array): Promise<Float32Array> {
  const session = await InferenceSession.create(path, { logSeverityLevel: 3 });
  const feeds = { [session.inputNames[0]]: new Tensor("float32", x, [x.length / features, features]) };
  return (await session.run(feeds))[session.outputNames[0]].data as Float32Array;
}

test.each([9, 13, 21])("a head takes the place of a model's last layer, opset %i", async (opset) => {
  const dense = new FixedClassifier({ features, classes, code: { name: "learned", seed: 3 } });
  const path = folder.path(`dense-${opset}.onnx`);
  writeFileSync(path, headModel(dense, { opset }));
  const model = openOnnx(path);
  expect(model.lastLayer.weights).toEqual(dense.weights);
  const x = Float32Array.from({ length: 4 * features }, (_, i) => Math.sin(i * i));
  for (const code of ["hadamard", "product", "orthogonal"] as const) {
    const head = new FixedClassifier({ features, classes, code });
    const target = folder.path(`${code}-${opset}.onnx`);
    model.write(model.attach(headGraph(head, { opset: model.opset })), target);
    const logits = await logitsOf(target, x);
    head.forward(x).forEach((value, i) => {
      expect(Math.abs(logits[i] - value)).toBeLessThan(1e-5 * head.scale);
    });
  }
});

describe("a model of the authors' form keeps its logits with the matrix as Kronecker factors", () => {
  test.each(Object.entries(authors))("%s", async (_, make) => {
    const fixture = make();
    const model = openOnnx(folder.file(fixture.model, "authors.onnx"));
    const { lastLayer, opset } = model;
    if (lastLayer.hadamard === null) throw new Error("the form was not recognised");
    const head = authorsHead(lastLayer, lastLayer.hadamard);
    const attached = model.attach(headGraph(head, { opset }));
    const x = numbers(fixture.inputDims.reduce((all, size) => all * size, 1));
    const before = await run(model.proto, x, fixture.inputDims);
    const after = await run(attached, x, fixture.inputDims);
    const output = fixture.output ?? "logits";
    expect(after[output].dims).toEqual(before[output].dims);
    expect(farthest(after[output].values, before[output].values)).toBeLessThan(1e-5);
  });
});
