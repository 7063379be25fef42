import { existsSync, readFileSync } from "node:fs";
import * as tf from "@tensorflow/tfjs";
import type { FixedClassifierLayer } from "fixed-classifier/tfjs";
import { beforeAll, describe, expect, test } from "vitest";
import { writeTensorflowJs } from "../../src/write/index.js";
import { folderOfTest } from "../read/fixtures/folder.js";
import { CASES, headOf, rowsOf } from "./heads.js";

const folder = folderOfTest();
beforeAll(async () => {
  await import("fixed-classifier/tfjs");
  await tf.setBackend("cpu");
});

/** As TensorFlow.js loads a model of files. */
function load(): Promise<tf.LayersModel> {
  const { weightsManifest, ...model } = JSON.parse(readFileSync(folder.at("model.json"), "utf8"));
  const [{ paths, weights }] = weightsManifest;
  const weightData = Uint8Array.from(readFileSync(folder.at(paths[0]))).buffer;
  return tf.loadLayersModel({ load: async () => ({ ...model, weightSpecs: weights, weightData }) });
}

describe("the layer that is loaded has the logits of the head:", () => {
  const names = Object.keys(CASES).filter((name) => name !== "learned");
  test.each(
    names.flatMap(
      (name) =>
        [
          [name, true],
          [name, false],
        ] as const,
    ),
  )("%s, bias %s", async (name, bias) => {
    const head = headOf(name, bias);
    writeTensorflowJs(head, folder.at());
    const model = await load();
    const x = rowsOf(head.features);
    const out = model.predict(tf.tensor2d(x, [5, head.features])) as tf.Tensor;
    expect(out.dataSync()).toEqual(head.forward(x));
    const again = (model.layers[0] as FixedClassifierLayer).head();
    expect(again.toSafetensors()).toEqual(head.toSafetensors());
  });
});

test("a scale that is not learned stays so", async () => {
  const { FixedClassifier } = await import("fixed-classifier");
  const head = new FixedClassifier({ features: 8, classes: 3, learnScale: false, scale: 3 });
  head.bias?.fill(0.5);
  writeTensorflowJs(head, folder.at());
  expect((await load()).layers[0].trainableWeights.map(({ shape }) => shape)).toEqual([[3]]);
});

test("the layer goes behind a trunk, under its name, and texts stay beside it", async () => {
  writeTensorflowJs(headOf("simplex"), folder.at(), { name: "last", metadata: { licence: "MIT" } });
  const head = await load();
  const trunk = tf.layers.dense({ units: 19, inputShape: [4] });
  const model = tf.sequential({ layers: [trunk, ...head.layers.filter(({ name }) => name === "last")] });
  expect(model.outputs[0].shape).toEqual([null, 15]);
  expect(JSON.parse(readFileSync(folder.at("model.json"), "utf8")).userDefinedMetadata).toEqual({
    licence: "MIT",
  });
});

test("what others added to a model stays when it is written again; another model is not overwritten", async () => {
  writeTensorflowJs(headOf("simplex"), folder.at(), { metadata: { licence: "MIT" } });
  const read = () => JSON.parse(readFileSync(folder.at("model.json"), "utf8"));
  folder.put("model.json", { ...read(), note: { by: "others" } });
  const head = headOf("product");
  writeTensorflowJs(head, folder.at());
  expect(read()).toMatchObject({ userDefinedMetadata: { licence: "MIT" }, note: { by: "others" } });
  const x = rowsOf(64);
  expect(((await load()).predict(tf.tensor2d(x, [5, 64])) as tf.Tensor).dataSync()).toEqual(head.forward(x));
  folder.put("model.json", { modelTopology: { class_name: "Sequential", config: { layers: [] } } });
  expect(() => writeTensorflowJs(head, folder.at())).toThrow(/is another model, which would be lost/);
});

/** A head of the code simplex, changed. */
function changed(change: (head: ReturnType<typeof headOf>) => void) {
  const head = headOf("simplex");
  change(head);
  return head;
}

const masked = () => changed(({ bias }) => bias?.fill(-Infinity, 2, 3));
const diverged = () =>
  changed((head) => {
    head.scale = Number.NaN;
  });

test.each([
  ["of the code learned", () => headOf("learned"), /no layer of its own.*tf\.layers\.dense/],
  ["whose bias masks a class", masked, /bias of class 2 is -Infinity/],
  ["whose scale is not finite", diverged, /scale is NaN/],
])("a head %s is refused before anything is written", (_, make, message) => {
  expect(() => writeTensorflowJs(make(), folder.at("new"))).toThrow(message);
  expect(existsSync(folder.at("new"))).toBe(false);
});
