/** What the layer takes beside the settings of a head: what Keras layers take, done or refused by name. */

import { beforeAll, describe, expect, it } from "@jest/globals";
import * as tf from "@tensorflow/tfjs";
import {
  FixedClassifierLayer,
  type FixedClassifierLayerArgs,
  fixedClassifier,
} from "../../lib/adapters/tfjs/layer.js";
import { FixedClassifier } from "../../lib/classifier.js";

type LossFunction = (labels: tf.Tensor, outputs: tf.Tensor) => tf.Tensor;

const FEATURES = 12;
const CLASSES = 5;

const layerOf = (args: object = {}): FixedClassifierLayer =>
  fixedClassifier({ classes: CLASSES, name: "head", ...args } as FixedClassifierLayerArgs);

function built(args: object = {}): FixedClassifierLayer {
  const layer = layerOf(args);
  layer.build([null, FEATURES]);
  return layer;
}

const features = (rows: number): tf.Tensor => tf.randomNormal([rows, FEATURES], 0, 1, "float32", 7);
const numbers = (tensor: tf.Tensor): Float32Array => tensor.dataSync() as Float32Array;
const biasOf = (layer: FixedClassifierLayer): Float32Array => layer.head().bias as Float32Array;

async function saveAndLoad(model: tf.LayersModel): Promise<tf.LayersModel> {
  let saved: tf.io.ModelArtifacts = {};
  await model.save(
    tf.io.withSaveHandler(async (artifacts) => {
      saved = artifacts;
      return { modelArtifactsInfo: { dateSaved: new Date(0), modelTopologyType: "JSON" } };
    }),
  );
  return tf.loadLayersModel(
    tf.io.fromMemory({ ...saved, modelTopology: JSON.parse(JSON.stringify(saved.modelTopology)) }),
  );
}

/** A training step by plain gradient descent whose loss is the sum of the outputs: the gradient by the bias is 1 a row. */
async function trainBias(args: object): Promise<tf.LayersModel> {
  const model = tf.sequential({ layers: [layerOf({ ...args, inputShape: [FEATURES] })] });
  model.compile({ optimizer: tf.train.sgd(1), loss: (_, z) => tf.sum(z) });
  await model.fit(features(4), tf.zeros([4, CLASSES]), { epochs: 1, verbose: 0 });
  return model;
}

beforeAll(async () => {
  tf.enableProdMode(); // without its greeting
  await tf.setBackend("cpu");
});

describe("activation", () => {
  const logits = () => built().apply(features(3)) as tf.Tensor;

  it.each([
    ["softmax", tf.softmax],
    ["relu", tf.relu],
    ["sigmoid", tf.sigmoid],
    ["linear", tf.clone],
    [{ className: "tanh", config: {} }, tf.tanh],
  ] as const)("%j is applied to the logits", (activation, apply) => {
    const layer = built({ activation });
    const expected = (apply as (x: tf.Tensor) => tf.Tensor)(logits());
    expect(numbers(layer.apply(features(3)) as tf.Tensor)).toEqual(numbers(expected));
    expect(layer.getConfig().activation).toBe(typeof activation === "string" ? activation : "tanh");
    expect(layer.head().forward(numbers(features(3)))).toEqual(numbers(logits()));
  });

  it("has a gradient", () => {
    const layer = built({ activation: "softmax" });
    const dy = tf.randomNormal([3, CLASSES], 0, 1, "float32", 8);
    const got = tf.grad((x) => layer.apply(x) as tf.Tensor)(features(3), dy);
    const expected = tf.grad((x) => tf.softmax(built().apply(x) as tf.Tensor))(features(3), dy);
    expect(numbers(got)).toEqual(numbers(expected));
  });

  it('"softmax" makes "categoricalCrossentropy" the loss of the logits', async () => {
    const labels = tf.oneHot(tf.tensor1d([0, 1, 2], "int32"), CLASSES);
    const lossOf = async (args: object, loss: string | LossFunction): Promise<number> => {
      const model = tf.sequential({ layers: [layerOf({ ...args, inputShape: [FEATURES] })] });
      model.compile({ optimizer: "sgd", loss });
      return numbers(model.evaluate(features(3), labels) as tf.Scalar)[0] as number;
    };
    const ofLogits = (y: tf.Tensor, z: tf.Tensor): tf.Tensor => tf.losses.softmaxCrossEntropy(y, z);
    const expected = await lossOf({}, ofLogits as LossFunction);
    expect(await lossOf({ activation: "softmax" }, "categoricalCrossentropy")).toBeCloseTo(expected, 4);
    expect(await lossOf({}, "categoricalCrossentropy")).not.toBeCloseTo(expected, 1);
  });
});

describe("bias", () => {
  it.each(["ones", { className: "Ones", config: {} }, tf.initializers.ones()])(
    "biasInitializer %# says where it starts",
    (biasInitializer) => {
      const layer = built({ biasInitializer });
      expect(biasOf(layer)).toEqual(new Float32Array(CLASSES).fill(1));
      expect(layer.getConfig().biasInitializer).toEqual({ className: "Ones", config: {} });
    },
  );

  it("biasRegularizer is added to the loss", () => {
    const layer = built({ biasRegularizer: tf.regularizers.l2({ l2: 0.5 }), biasInitializer: "ones" });
    expect((layer.calculateLosses()[0] as tf.Scalar).dataSync()[0]).toBe(0.5 * CLASSES);
  });

  it("biasConstraint holds after each step of training, not for what is set", async () => {
    const [free] = (await trainBias({})).layers as [FixedClassifierLayer];
    expect(biasOf(free)).toEqual(new Float32Array(CLASSES).fill(-4));
    const [layer] = (await trainBias({ biasConstraint: "nonNeg" })).layers as [FixedClassifierLayer];
    expect(biasOf(layer).map((b) => b + 0)).toEqual(new Float32Array(CLASSES));
    layer.setWeights([tf.tensor1d([2]), tf.tensor1d([-1, 2, -3, 4, 5])]);
    expect(biasOf(layer)).toEqual(Float32Array.of(-1, 2, -3, 4, 5));
  });

  it.each(["biasInitializer", "biasRegularizer", "biasConstraint"])("%s needs one", (option) => {
    const value = { biasInitializer: "ones", biasRegularizer: "l2", biasConstraint: "nonNeg" }[option];
    expect(() => layerOf({ bias: false, [option]: value })).toThrow(
      new TypeError(`${option} is for the bias, and bias is false: leave one of them out`),
    );
    expect(layerOf({ bias: false, [option]: null }).getConfig().bias).toBe(false);
  });
});

describe("options of every layer", () => {
  it("inputShape, batchInputShape, batchSize and inputDim tell the input", () => {
    expect(layerOf({ inputShape: [3, FEATURES] }).batchInputShape).toEqual([null, 3, FEATURES]);
    expect(layerOf({ inputShape: [FEATURES], batchSize: 7 }).batchInputShape).toEqual([7, FEATURES]);
    expect(layerOf({ batchInputShape: [2, FEATURES] }).batchInputShape).toEqual([2, FEATURES]);
    expect(layerOf({ inputDim: FEATURES }).batchInputShape).toEqual([null, FEATURES]);
    expect(layerOf({ inputDim: 3, inputShape: [FEATURES] }).batchInputShape).toEqual([null, FEATURES]);
  });

  it.each(["dtype", "inputDType"])("%s is that of the input", (option) => {
    const model = tf.sequential({ layers: [layerOf({ inputShape: [FEATURES], [option]: "int32" })] });
    expect(model.inputs[0]?.dtype).toBe("int32");
    const logits = model.predict(tf.ones([1, FEATURES], "int32")) as tf.Tensor;
    expect(numbers(logits)).toEqual(numbers(built().apply(tf.ones([1, FEATURES])) as tf.Tensor));
  });

  it("trainable: false trains nothing", async () => {
    const layer = built({ trainable: false });
    expect(layer.trainableWeights).toHaveLength(0);
    expect(layer.nonTrainableWeights).toHaveLength(2);
    expect(layer.getConfig().trainable).toBe(false);
  });

  it.each([
    [{}, [[2], [1, 2, 3, 4, 5]]],
    [{ learnScale: false }, [[1, 2, 3, 4, 5], [2]]],
    [{ learnScale: false, trainable: false }, [[1, 2, 3, 4, 5], [2]]],
    [{ bias: false }, [[2]]],
  ])("weights are where %j starts", (args, values) => {
    const weights = values.map((list) => tf.tensor1d(list));
    const layer = layerOf({ ...args, weights });
    layer.apply(features(1));
    expect(layer.getWeights().map((w) => [...w.dataSync()])).toEqual(values);
    expect(layer.head().scale).toBe(2);
  });

  it("a name is a name, and the names of other layers stay theirs", () => {
    const number = (): number => Number(/\d+$/.exec(tf.layers.dense({ units: 1 }).name)?.[0]);
    const before = number();
    layerOf({ activation: "softmax", biasInitializer: "ones" });
    expect(number()).toBe(before + 1);
    expect(layerOf().name).toBe("head");
  });
});

describe("saving and loading", () => {
  const everything = {
    activation: "softmax",
    biasInitializer: { className: "RandomNormal", config: { mean: 1, stddev: 0.5, seed: 3 } },
    biasRegularizer: "l1l2",
    biasConstraint: { className: "MaxNorm", config: { maxValue: 3, axis: 0 } },
    trainable: false,
    batchInputShape: [null, FEATURES],
    dtype: "int32",
  };

  it("the configuration has every option", () => {
    const config = layerOf(everything).getConfig();
    expect(config).toMatchObject({
      ...everything,
      biasInitializer: { className: "RandomNormal" },
      biasRegularizer: { className: "L1L2" },
    });
    expect(new FixedClassifierLayer(config as never).getConfig()).toEqual(config);
    const copy = FixedClassifierLayer.fromConfig(
      FixedClassifierLayer as never,
      config,
    ) as FixedClassifierLayer;
    expect(copy.getConfig()).toEqual(config);
    expect(JSON.parse(JSON.stringify(config))).toEqual(config);
  });

  it("a trained model comes back with its options", async () => {
    const model = await trainBias({ ...everything, dtype: "float32", trainable: true });
    const copy = await saveAndLoad(model);
    const [layer, loaded] = [model.layers[0], copy.layers[0]] as [FixedClassifierLayer, FixedClassifierLayer];
    expect(loaded.getConfig()).toEqual(JSON.parse(JSON.stringify(layer.getConfig())));
    expect(numbers(copy.predict(features(3)) as tf.Tensor)).toEqual(
      numbers(model.predict(features(3)) as tf.Tensor),
    );
    expect(loaded.calculateLosses()).toHaveLength(1);
  });
});

describe("refused by name", () => {
  const what = "a fixed classifier layer has no option";
  it.each([
    [{ units: 5 }, `${what} "units": did you mean "classes"?`],
    [{ useBias: false }, `${what} "useBias": did you mean "bias"?`],
    [
      { kernelInitializer: "zeros" },
      `${what} "kernelInitializer": the class vectors are fixed, so there is no kernel; the`,
    ],
    [{ kernelRegularizer: "l2" }, `${what} "kernelRegularizer": the class vectors are fixed`],
    [{ kernelConstraint: "nonNeg" }, `${what} "kernelConstraint": the class vectors are fixed`],
    [{ activityRegularizer: "l2" }, `${what} "activityRegularizer": TensorFlow.js applies none to any layer`],
    [
      { learn_scale: true },
      `${what} "learn_scale", did you mean "learnScale"? It has features, classes, code`,
    ],
    [{ activations: "relu" }, `${what} "activations", did you mean "activation"?`],
    [{ labelSmoothing: 0.1 }, `${what} "labelSmoothing", it has features, classes`],
    [{ name: 5 }, "name must be a string, got 5"],
    [{ trainable: "no" }, 'trainable must be true or false, got "no"'],
    [{ weights: [[1]] }, "weights must be an array of tensors, got an array of length 1"],
    [
      { activation: (x: tf.Tensor) => x },
      "activation must be a name or an object of TensorFlow.js, got function",
    ],
    [{ biasInitializer: 3 }, "biasInitializer must be a name or an object of TensorFlow.js, got 3"],
  ])("%j", (args, message) => {
    expect(() => layerOf(args)).toThrow(TypeError);
    expect(() => layerOf(args)).toThrow(message);
  });

  it.each([
    [{ activation: "softmaxx" }, "activation: Unknown activation: softmaxx"],
    [{ activation: {} }, "activation: activation: Improper config format"],
    [{ biasInitializer: "one" }, "biasInitializer: Unknown initializer: one"],
    [{ biasRegularizer: "l3" }, "biasRegularizer: Unknown regularizer: l3"],
    [{ biasConstraint: "nonneg" }, "biasConstraint: Unknown constraint: nonneg"],
    [{ dtype: "string" }, 'dtype must be one of "float32", "int32", "bool", got "string"'],
    [{ inputDType: "complex64" }, "inputDType must be one of"],
    [{ inputDim: 0 }, "inputDim must be an integer from 1 to"],
  ])("%j is no value", (args, message) => {
    expect(() => layerOf(args)).toThrow(RangeError);
    expect(() => layerOf(args)).toThrow(message);
  });

  it("null is none", () => {
    const names = [
      "units",
      "useBias",
      "kernelInitializer",
      "activation",
      "biasInitializer",
      "name",
      "dtype",
      "code",
    ];
    const args = Object.fromEntries(
      [...names, "scale", "seed", "backend", "weights"].map((name) => [name, null]),
    );
    const config = fixedClassifier({ ...args, classes: CLASSES } as never).getConfig();
    expect(config).toMatchObject({ classes: CLASSES, code: null, scale: null });
  });

  it("weights of other shapes, before there are variables", () => {
    const weights = [tf.tensor1d([1]), tf.tensor1d([1, 2])];
    const before = tf.memory().numTensors;
    expect(() => built({ weights })).toThrow(
      new RangeError("weights of head must have the shapes [[1],[5]], got [[1],[2]]"),
    );
    expect(tf.memory().numTensors).toBe(before);
  });

  it("what the head of fromHead decides", () => {
    const head = new FixedClassifier({ features: FEATURES, classes: CLASSES });
    for (const option of ["classes", "features", "code", "bias", "scale", "backend", "biasInitializer"]) {
      expect(() => FixedClassifierLayer.fromHead(head, { [option]: 1 } as never)).toThrow(
        `FixedClassifierLayer.fromHead has no option "${option}", `,
      );
    }
    const args = {
      name: "given",
      activation: "softmax",
      biasConstraint: "nonNeg",
      trainable: false,
    } as const;
    expect(FixedClassifierLayer.fromHead(head, args).getConfig()).toMatchObject({
      name: "given",
      activation: "softmax",
    });
    expect(FixedClassifierLayer.fromHead(head, null)).toBeInstanceOf(FixedClassifierLayer);
  });
});
