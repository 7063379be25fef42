import * as tf from "@tensorflow/tfjs";
import { beforeAll, expect, test } from "vitest";
import { readLastLayer } from "../../src/read/index.js";
import { folderOfTest } from "./fixtures/folder.js";
import { turned } from "./fixtures/numbers.js";

const folder = folderOfTest();
beforeAll(() => tf.setBackend("cpu"));

/** Saves a model as a browser or Node does, in two shards. */
async function save(model: tf.LayersModel): Promise<string> {
  await model.save(
    tf.io.withSaveHandler(async ({ modelTopology, weightSpecs = [], weightData }) => {
      const bytes = new Uint8Array(tf.io.CompositeArrayBuffer.join(weightData));
      const cut = Math.floor(bytes.length / 2);
      folder.put("a.bin", bytes.subarray(0, cut));
      folder.put("b.bin", bytes.subarray(cut));
      folder.put("model.json", {
        format: "layers-model",
        modelTopology,
        weightsManifest: [{ paths: ["a.bin", "b.bin"], weights: weightSpecs }],
      });
      return { modelArtifactsInfo: { dateSaved: new Date(), modelTopologyType: "JSON" } };
    }),
  );
  return folder.at("model.json");
}

const { layers } = tf;
const image = { inputShape: [4, 4, 3] };

const MODELS: readonly [string, () => tf.LayersModel, string][] = [
  [
    "a dense layer with softmax",
    () =>
      tf.sequential({
        layers: [
          layers.dense({ units: 8, inputShape: [6], activation: "relu" }),
          layers.dense({ units: 3, name: "last", activation: "softmax" }),
        ],
      }),
    "last/kernel",
  ],
  [
    "logits and an activation of their own",
    () =>
      tf.sequential({
        layers: [
          layers.dense({ units: 3, name: "last", inputShape: [6] }),
          layers.dropout({ rate: 0.1 }),
          layers.activation({ activation: "softmax" }),
        ],
      }),
    "last/kernel",
  ],
  [
    "a layer without a bias",
    () =>
      tf.sequential({
        layers: [layers.dense({ units: 3, name: "last", inputShape: [6], useBias: false }), layers.softmax()],
      }),
    "last/kernel",
  ],
  [
    "a convolution of one pixel",
    () =>
      tf.sequential({
        layers: [
          layers.conv2d({ filters: 3, kernelSize: 1, name: "last", ...image }),
          layers.globalAveragePooling2d({}),
          layers.softmax(),
        ],
      }),
    "last/kernel",
  ],
  [
    "a model in a model",
    () =>
      tf.sequential({
        layers: [
          tf.sequential({ layers: [layers.flatten(image), layers.dense({ units: 8 })] }),
          tf.sequential({ layers: [layers.dense({ units: 3, name: "last", inputShape: [8] })] }),
        ],
      }),
    "last/kernel",
  ],
  [
    "a functional model",
    () => {
      const input = tf.input({ shape: [6] });
      const hidden = layers.dense({ units: 6 }).apply(input) as tf.SymbolicTensor;
      const sum = layers.add().apply([hidden, input]) as tf.SymbolicTensor;
      return tf.model({
        inputs: input,
        outputs: layers.dense({ units: 3, name: "last" }).apply(sum) as tf.SymbolicTensor,
      });
    },
    "last/kernel",
  ],
];

test.each(MODELS)("the last layer of %s gives what the model gives", async (_, make, weights) => {
  const model = make();
  for (const layer of model.layers)
    layer.setWeights(layer.getWeights().map((weight) => tf.randomNormal(weight.shape as [number])));
  const layer = await readLastLayer(await save(model));
  expect(layer.origin).toMatchObject({ format: "TensorFlow.js layers model", weights });
  const last =
    (model.layers.at(-1) as { layers?: tf.layers.Layer[] }).layers?.at(-1) ?? model.getLayer("last");
  const [kernel, bias] = last.getWeights();
  const { features, classes } = layer;
  expect([features, classes]).toEqual(kernel.shape.slice(-2));
  expect(layer.weights).toEqual(turned(kernel.dataSync() as Float32Array, features, classes));
  expect(layer.bias).toEqual(bias === undefined ? null : bias.dataSync());
});

test("the folder is as good as the file", async () => {
  await save(tf.sequential({ layers: [layers.dense({ units: 3, inputShape: [6] })] }));
  expect(await readLastLayer(folder.at())).toMatchObject({ classes: 3, features: 6 });
});
