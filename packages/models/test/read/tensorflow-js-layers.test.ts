import * as tf from "@tensorflow/tfjs";
import { beforeAll, describe, expect, test } from "vitest";
import { Problem } from "../../src/problem.js";
import { readLastLayer } from "../../src/read/index.js";
import { folderOfTest } from "./fixtures/folder.js";
import { bytesOf, numbers, turned } from "./fixtures/numbers.js";
import { manifestOf } from "./fixtures/tensorflow-js.js";

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

/** A model.json by hand. */
function put(topology: unknown, weights: Parameters<typeof manifestOf>[0], change: object = {}): string {
  const { weightsManifest, shards } = manifestOf(weights);
  for (const [name, bytes] of Object.entries(shards)) folder.put(name, bytes);
  return folder.put("model.json", { modelTopology: topology, weightsManifest, ...change });
}

const dense = (config: object = {}) => ({
  class_name: "Dense",
  config: { name: "last", activation: "linear", ...config },
});
const sequence = (...list: object[]) => ({ class_name: "Sequential", config: { layers: list } });
const WEIGHTS = { "last/kernel": [4, 3], "last/bias": [3] };

describe("weights", () => {
  test("have names with those of models around them, and of other models before", async () => {
    const path = put(
      { keras_version: "2.4.0", model_config: sequence(dense()) },
      { "first/kernel": [2, 2], "outer/last/kernel": [4, 3], "outer/last/bias": [3] },
    );
    expect(await readLastLayer(path)).toMatchObject({ weights: turned(numbers(12), 4, 3), bias: numbers(3) });
  });

  test.each([
    ["uint8", Uint8Array.from({ length: 12 }, (_, i) => 20 * i), 0.5, -3],
    ["uint16", Uint16Array.from({ length: 12 }, (_, i) => 5000 * i), 2 ** -12, -7],
  ])("of %s are made floats of by scale and min", async (dtype, q, scale, min) => {
    const kernel = {
      shape: [4, 3],
      quantization: { dtype, scale, min, original_dtype: "float32" },
      data: bytesOf(q),
    };
    const layer = await readLastLayer(
      put(sequence(dense()), {
        first: { shape: [3], quantization: { dtype, scale, min }, data: bytesOf(q.slice(0, 3)) },
        "last/kernel": kernel,
        "last/bias": [3],
      }),
    );
    expect(layer.weights).toEqual(
      turned(
        Float32Array.from(q, (value) => value * scale + min),
        4,
        3,
      ),
    );
    expect(layer.bias).toEqual(numbers(3));
    expect(layer.origin.format).toBe(`TensorFlow.js layers model, weights as ${dtype}`);
  });

  test("of float16 are numbers", async () => {
    const data = bytesOf(new Uint16Array(12).fill(0x3c00));
    const layer = await readLastLayer(
      put(sequence(dense({ use_bias: false })), {
        "last/kernel": { shape: [4, 3], quantization: { dtype: "float16" }, data },
      }),
    );
    expect(layer).toMatchObject({
      weights: new Float32Array(12).fill(1),
      bias: null,
      origin: { storedType: "float16" },
    });
  });

  const path =
    (weights: Parameters<typeof manifestOf>[0], change: object = {}) =>
    () =>
      put(sequence(dense()), weights, change);
  test.each([
    ["none", path(WEIGHTS, { weightsManifest: undefined }), /has no weightsManifest/],
    ["none of the last layer", path({ other: [3] }), /has no weight last\/kernel/],
    [
      "two of the name",
      path({ "a/last/kernel": [4, 3], "b/last/kernel": [4, 3] }),
      /has 2 weights last\/kernel/,
    ],
    [
      "one name twice",
      path(WEIGHTS, {
        weightsManifest: [
          {
            paths: [],
            weights: [
              { name: "a", shape: [], dtype: "float32" },
              { name: "a", shape: [], dtype: "float32" },
            ],
          },
        ],
      }),
      /the weight a twice/,
    ],
    [
      "a path out of the folder",
      path(WEIGHTS, { weightsManifest: [{ paths: ["../x.bin"], weights: [] }] }),
      /not in its folder/,
    ],
    [
      "no shard",
      path(WEIGHTS, {
        weightsManifest: [
          { paths: ["none.bin"], weights: [{ name: "last/kernel", shape: [4, 3], dtype: "float32" }] },
        ],
      }),
      /none\.bin cannot be read: there is no such file/,
    ],
    [
      "a shard that is cut off",
      path({ "last/kernel": { shape: [4, 3], data: new Uint8Array(40) } }),
      /is cut off: it ends at byte 40, and goes on to 48/,
    ],
    ["integers", path({ "last/kernel": { shape: [4, 3], dtype: "int32" } }), /last\/kernel is int32/],
    [
      "strings before it",
      path({ words: { shape: [1], dtype: "string", data: new Uint8Array(7) }, ...WEIGHTS }),
      /stands behind strings/,
    ],
    ["a dtype that there is not", path({ a: { shape: [1], dtype: "float33" } }), /the dtype "float33"/],
    [
      "another quantisation",
      path({ a: { shape: [1], quantization: { dtype: "int4" } } }),
      /quantised as "int4"; uint8, uint16 and float16/,
    ],
    [
      "no shape",
      path({}, { weightsManifest: [{ paths: [], weights: [{ name: "a", dtype: "float32", shape: [-1] }] }] }),
      /a has no shape/,
    ],
    [
      "a bias of others",
      path({ "last/kernel": [4, 3], "last/bias": [4] }),
      /last\/bias has the shape \[4\], last\/kernel has 3 classes/,
    ],
    [
      "a kernel of three axes",
      path({ "last/kernel": [1, 4, 3] }),
      /last\/kernel has the shape \[1, 4, 3\], which is none of a Dense/,
    ],
    [
      "giant dims",
      path({ "last/kernel": { shape: [2 ** 30, 2 ** 30], data: new Uint8Array(8) } }),
      /features and 1073741824 classes; a head has at most/,
    ],
  ] as [string, () => string, RegExp][])("are refused: %s", async (_, make, message) => {
    const read = readLastLayer(make());
    await expect(read).rejects.toThrow(message);
    await expect(read).rejects.toBeInstanceOf(Problem);
  });
});

const functional = (outputs: unknown, ...list: object[]) => ({
  class_name: "Functional",
  config: { layers: list, output_layers: outputs },
});
const behind = (
  name: string,
  from: string,
  kind = "Activation",
  config: object = { activation: "softmax" },
) => ({ name, class_name: kind, config: { name, ...config }, inbound_nodes: [[[from, 0, 0, {}]]] });

describe("a configuration", () => {
  test("of Keras 3 has its layers before in keras_history", async () => {
    const softmax = {
      name: "p",
      class_name: "Softmax",
      config: { name: "p" },
      inbound_nodes: [
        {
          args: [
            { class_name: "__keras_tensor__", config: { shape: [null, 3], keras_history: ["last", 0, 0] } },
          ],
          kwargs: {},
        },
      ],
    };
    const path = put(functional(["p", 0, 0], { name: "last", ...dense() }, softmax), WEIGHTS);
    expect(await readLastLayer(path)).toMatchObject({ classes: 3 });
  });

  test("with activations as objects", async () => {
    for (const activation of [
      { class_name: "function", config: "softmax" },
      { class_name: "Softmax", config: {} },
    ])
      expect(await readLastLayer(put(sequence(dense({ activation })), WEIGHTS))).toMatchObject({
        classes: 3,
      });
  });

  test("of several outputs needs the name of one", async () => {
    const path = put(
      functional(
        [
          ["last", 0, 0],
          ["other", 0, 0],
        ],
        { name: "last", ...dense() },
        { name: "other", ...dense({ name: "other" }) },
      ),
      WEIGHTS,
    );
    await expect(readLastLayer(path)).rejects.toThrow(/2 outputs: last, other\. Say which/);
    expect(await readLastLayer(path, { weights: "last" })).toMatchObject({ classes: 3 });
    await expect(readLastLayer(path, { weights: "none" })).rejects.toThrow(
      /no layer "none"; its last dense layers are last, other/,
    );
  });

  test.each([
    ["no model", {}, /no configuration of a model/],
    [
      "a model of one's own class",
      { class_name: "MyModel", config: {} },
      /a MyModel without a list of layers/,
    ],
    ["a layer without a class", sequence({ config: {} }), /layer 0 has no class_name/],
    [
      "another last layer",
      sequence(dense(), { class_name: "LSTM", config: { name: "memory" } }),
      /ends in the layer "memory", a LSTM.*Say which is the last by the option weights/,
    ],
    [
      "a last activation",
      sequence(dense({ activation: "relu" })),
      /has the activation relu, so what it gives are no logits/,
    ],
    [
      "an activation of its own",
      sequence(dense(), { class_name: "Activation", config: { name: "a", activation: "tanh" } }),
      /ends in the layer "a", a Activation/,
    ],
    [
      "softmax before a mean",
      sequence(
        { class_name: "Conv2D", config: { name: "last", activation: "softmax", kernel_size: [1, 1] } },
        { class_name: "GlobalAveragePooling2D", config: { name: "mean" } },
      ),
      /has the activation softmax before a mean/,
    ],
    [
      "a convolution of nine pixels",
      sequence({ class_name: "Conv2D", config: { name: "last", activation: "linear", kernel_size: [3, 3] } }),
      /a convolution of more than one pixel/,
    ],
    [
      "a sum of two",
      functional(
        [["sum", 0, 0]],
        { name: "last", ...dense() },
        {
          name: "sum",
          class_name: "Add",
          config: {},
          inbound_nodes: [
            [
              ["last", 0, 0, {}],
              ["last", 0, 0, {}],
            ],
          ],
        },
      ),
      /ends in the layer "sum", a Add/,
    ],
    [
      "a circle",
      functional([["a", 0, 0]], behind("a", "b"), behind("b", "a")),
      /go round in a circle at "a"/,
    ],
    ["a layer that is not there", functional([["a", 0, 0]], behind("a", "b")), /has no layer "b"/],
  ] as [string, unknown, RegExp][])("is refused with %s", async (_, topology, message) => {
    const read = readLastLayer(put(topology, WEIGHTS));
    await expect(read).rejects.toThrow(message);
    await expect(read).rejects.toBeInstanceOf(Problem);
  });

  test("is missing in other JSON", async () => {
    await expect(readLastLayer(folder.put("package.json", { name: "x" }))).rejects.toThrow(
      /has no modelTopology/,
    );
    await expect(readLastLayer(folder.put("list.json", "[1]"))).rejects.toThrow(/has no JSON object/);
  });
});
