import * as tf from "@tensorflow/tfjs";
import { beforeAll, describe, expect, test } from "vitest";
import { Problem } from "../../src/problem.js";
import { readLastLayer } from "../../src/read/index.js";
import { folderOfTest } from "./fixtures/folder.js";
import { numbers, turned } from "./fixtures/numbers.js";
import { fusedWith, graphOf, type NodeForm, putModel, type WeightForms } from "./fixtures/tensorflow-js.js";

const folder = folderOfTest();
beforeAll(() => tf.setBackend("cpu"));

type Nodes = Readonly<Record<string, NodeForm>>;

const FLOAT = { T: { type: "DT_FLOAT" }, dtype: { type: "DT_FLOAT" } };
const constant: NodeForm = { op: "Const", attr: FLOAT };
const node = (op: string, input: readonly string[], attr: object = {}): NodeForm => ({
  op,
  input,
  attr: { ...FLOAT, ...attr },
});
const BASE: Nodes = {
  x: { op: "Placeholder", attr: { ...FLOAT, shape: { shape: { dim: [{ size: "-1" }, { size: "4" }] } } } },
  W: constant,
  b: constant,
};
const WEIGHTS: WeightForms = { W: [4, 3], b: [3] };

const put = (nodes: Nodes, weights: WeightForms = WEIGHTS, change: object = {}) =>
  putModel(folder, graphOf({ ...BASE, ...nodes }), weights, { format: "graph-model", ...change });

/** What TensorFlow.js makes of the model for one row. */
async function predict(path: string, x: tf.Tensor): Promise<Float32Array> {
  const { readFileSync } = await import("node:fs");
  const { modelTopology, weightsManifest } = JSON.parse(readFileSync(path, "utf8"));
  const weightData = Buffer.concat(
    weightsManifest[0].paths.map((name: string) => readFileSync(folder.at(name))),
  );
  const model = await tf.loadGraphModel({
    load: async () => ({
      format: "graph-model",
      modelTopology,
      weightSpecs: weightsManifest[0].weights,
      weightData: new Uint8Array(weightData).buffer,
    }),
  });
  const out = model.execute({ x }, "out") as tf.Tensor;
  return (await out.data()) as Float32Array;
}

const CONV = {
  data_format: { s: Buffer.from("NHWC").toString("base64") },
  padding: { s: Buffer.from("VALID").toString("base64") },
  strides: { list: { i: ["1", "1", "1", "1"] } },
  dilations: { list: { i: ["1", "1", "1", "1"] } },
};

const GRAPHS: readonly [string, Nodes, WeightForms][] = [
  [
    "MatMul and BiasAdd",
    { product: node("MatMul", ["x", "W"]), out: node("BiasAdd", ["product", "b"]) },
    WEIGHTS,
  ],
  [
    "MatMul and AddV2, the bias first",
    { product: node("MatMul", ["x", "W"]), out: node("AddV2", ["b", "product"]) },
    WEIGHTS,
  ],
  [
    "MatMul with the weights the other way round",
    {
      product: node("MatMul", ["x", "W"], { transpose_b: { b: true } }),
      out: node("BiasAdd", ["product", "b"]),
    },
    { W: [3, 4], b: [3] },
  ],
  ["MatMul alone", { out: node("MatMul", ["x", "W"]) }, WEIGHTS],
  [
    "_FusedMatMul",
    { out: node("_FusedMatMul", ["x", "W", "b"], { ...fusedWith("BiasAdd"), num_args: { i: "1" } }) },
    WEIGHTS,
  ],
  [
    "_FusedConv2D of one pixel",
    {
      shape: constant,
      image: node("Reshape", ["x", "shape"]),
      out: node("_FusedConv2D", ["image", "W", "b"], {
        ...CONV,
        ...fusedWith("BiasAdd"),
        num_args: { i: "1" },
      }),
    },
    {
      W: [1, 1, 4, 3],
      b: [3],
      shape: { shape: [4], dtype: "int32", data: new Uint8Array(Int32Array.of(1, 1, 1, 4).buffer) },
    },
  ],
  [
    "weights behind Identity",
    {
      read: node("Identity", ["W"]),
      product: node("MatMul", ["x", "read"]),
      sum: node("BiasAdd", ["product", "b"]),
      out: node("Identity", ["sum"]),
    },
    WEIGHTS,
  ],
];

test.each(GRAPHS)("%s gives what the graph gives", async (_, nodes, weights) => {
  const path = put(nodes, weights);
  const { features, classes, weights: w, bias, origin } = await readLastLayer(path);
  expect(origin).toMatchObject({ file: path, format: "TensorFlow.js graph model", weights: "W" });
  const x = numbers(features, 5);
  const expected = await predict(path, tf.tensor2d(x, [1, features]));
  const logits = Float32Array.from({ length: classes }, (_, c) =>
    x.reduce((sum, value, i) => sum + value * w[c * features + i], bias?.[c] ?? 0),
  );
  expect(logits).toEqual(Float32Array.from(expected));
});

test("softmax, argmax and what only passes them on are behind the last layer", async () => {
  const path = put({
    product: node("MatMul", ["x", "W"]),
    sum: node("BiasAdd", ["product", "b", "^x"]),
    p: node("Softmax", ["sum:0"]),
    best: node("ArgMax", ["p", "axis"]),
    axis: constant,
    out: node("Identity", ["best"]),
  });
  expect(await readLastLayer(path)).toMatchObject({ weights: turned(numbers(12), 4, 3), bias: numbers(3) });
});

const twoHeads: Nodes = {
  one: node("MatMul", ["x", "W"]),
  two: node("MatMul", ["x", "V"]),
  V: constant,
  sum: node("BiasAdd", ["two", "b"]),
};
const TWO: WeightForms = { ...WEIGHTS, V: [4, 3] };

test("of two heads the signature or the user names one", async () => {
  await expect(readLastLayer(put(twoHeads, TWO))).rejects.toThrow(
    /several last layers: one, two\. Say which, by the option weights: "one"/,
  );
  const signature = { outputs: { logits: { name: "sum:0" } } };
  expect(await readLastLayer(put(twoHeads, TWO, { signature }))).toMatchObject({
    origin: { weights: "V", bias: "b" },
  });
  expect(await readLastLayer(put(twoHeads, TWO, { userDefinedMetadata: { signature } }))).toMatchObject({
    origin: { weights: "V" },
  });
  const path = put(twoHeads, TWO);
  for (const weights of ["two", "V"])
    expect(await readLastLayer(path, { weights })).toMatchObject({ origin: { weights: "V", bias: "b" } });
  expect(await readLastLayer(path, { weights: "W" })).toMatchObject({ bias: null });
  await expect(readLastLayer(path, { weights: "U" })).rejects.toThrow(
    /no product "U"; its last ones are one, two/,
  );
});

describe("refused:", () => {
  const matmul = node("MatMul", ["x", "W"]);
  test.each([
    ["no graph", {}, WEIGHTS, { modelTopology: {} }, /no configuration of a model|no graph of nodes/],
    [
      "a node without op",
      {},
      WEIGHTS,
      { modelTopology: { node: [{ name: "a" }] } },
      /a node of its graph has no name and op/,
    ],
    [
      "a node twice",
      {},
      WEIGHTS,
      {
        modelTopology: {
          node: [
            { name: "a", op: "b" },
            { name: "a", op: "b" },
          ],
        },
      },
      /the node a twice/,
    ],
    [
      "inputs that are none",
      {},
      WEIGHTS,
      { modelTopology: { node: [{ name: "a", op: "b", input: [1] }] } },
      /the node a has inputs/,
    ],
    ["no output", {}, WEIGHTS, { modelTopology: { node: [] } }, /has no output/],
    [
      "another last operation",
      { product: matmul, out: node("Relu", ["product"]) },
      WEIGHTS,
      {},
      /comes from out, a Relu/,
    ],
    [
      "an activation in one with it",
      { out: node("_FusedMatMul", ["x", "W", "b"], fusedWith("BiasAdd", "Relu")) },
      WEIGHTS,
      {},
      /does BiasAdd and Relu in one/,
    ],
    [
      "features the other way round",
      { out: node("MatMul", ["x", "W"], { transpose_a: { b: true } }) },
      WEIGHTS,
      {},
      /turns its features/,
    ],
    [
      "weights that are computed",
      { y: node("Relu", ["W"]), out: node("MatMul", ["x", "y"]) },
      WEIGHTS,
      {},
      /no constant weights, but the node y/,
    ],
    [
      "a bias that is computed",
      { y: node("Relu", ["b"]), product: matmul, out: node("BiasAdd", ["product", "y"]) },
      WEIGHTS,
      {},
      /adds y, which is no constant bias/,
    ],
    [
      "a sum with itself",
      { product: matmul, out: node("AddV2", ["product", "product"]) },
      WEIGHTS,
      {},
      /adds product, which is no constant bias/,
    ],
    ["a sum of no product", { out: node("AddV2", ["x", "b"]) }, WEIGHTS, {}, /comes from out, a AddV2/],
    [
      "a bias of others",
      { product: matmul, out: node("BiasAdd", ["product", "b"]) },
      { W: [4, 3], b: [4] },
      {},
      /has 3 classes and a bias of the shape \[4\]/,
    ],
    [
      "nine pixels",
      { out: node("Conv2D", ["x", "W"]) },
      { W: [3, 3, 4, 3], b: [3] },
      {},
      /weights of the shape \[3, 3, 4, 3\]/,
    ],
    [
      "a circle",
      { p: node("Softmax", ["q"]), q: node("Softmax", ["p"]) },
      WEIGHTS,
      { signature: { outputs: { a: { name: "p" } } } },
      /in a circle at p/,
    ],
    ["a node that is not there", { p: node("Softmax", ["q"]) }, WEIGHTS, {}, /has no node q/],
  ] as [string, Nodes, WeightForms, object, RegExp][])("%s", async (_, nodes, weights, change, message) => {
    const read = readLastLayer(put(nodes, weights, change));
    await expect(read).rejects.toThrow(message);
    await expect(read).rejects.toBeInstanceOf(Problem);
  });
});
