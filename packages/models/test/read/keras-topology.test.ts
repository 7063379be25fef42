import { describe, expect, test } from "vitest";
import { Problem } from "../../src/problem.js";
import { readLastLayer } from "../../src/read/index.js";
import { folderOfTest } from "./fixtures/folder.js";
import { dense, sequential } from "./fixtures/keras.js";
import { putModel, type WeightForms } from "./fixtures/tensorflow-js.js";

const folder = folderOfTest();

const put = (topology: unknown, weights: WeightForms, change: object = {}) =>
  putModel(folder, topology, weights, change);
const plain = (config: object = {}) => dense({ activation: "linear", ...config });
const WEIGHTS = { "last/kernel": [4, 3], "last/bias": [3] };

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
    const path = put(functional(["p", 0, 0], { name: "last", ...plain() }, softmax), WEIGHTS);
    expect(await readLastLayer(path)).toMatchObject({ classes: 3 });
  });

  test("with activations as objects", async () => {
    for (const activation of [
      { class_name: "function", config: "softmax" },
      { class_name: "Softmax", config: {} },
    ])
      expect(await readLastLayer(put(sequential(plain({ activation })), WEIGHTS))).toMatchObject({
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
        { name: "last", ...plain() },
        { name: "other", ...plain({ name: "other" }) },
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
    ["a layer without a class", sequential({ config: {} }), /layer 0 has no class_name/],
    [
      "another last layer",
      sequential(plain(), { class_name: "LSTM", config: { name: "memory" } }),
      /ends in the layer "memory", a LSTM.*Say which is the last by the option weights/,
    ],
    [
      "a last activation",
      sequential(plain({ activation: "relu" })),
      /has the activation relu, so what it gives are no logits/,
    ],
    [
      "an activation of its own",
      sequential(plain(), { class_name: "Activation", config: { name: "a", activation: "tanh" } }),
      /ends in the layer "a", a Activation/,
    ],
    [
      "softmax before a mean",
      sequential(
        { class_name: "Conv2D", config: { name: "last", activation: "softmax", kernel_size: [1, 1] } },
        { class_name: "GlobalAveragePooling2D", config: { name: "mean" } },
      ),
      /has the activation softmax before a mean/,
    ],
    [
      "a convolution of nine pixels",
      sequential({
        class_name: "Conv2D",
        config: { name: "last", activation: "linear", kernel_size: [3, 3] },
      }),
      /a convolution of more than one pixel/,
    ],
    [
      "a sum of two",
      functional(
        [["sum", 0, 0]],
        { name: "last", ...plain() },
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
