import { beforeAll, describe, expect, it } from "@jest/globals";
import * as tf from "@tensorflow/tfjs";
import {
  FixedClassifierLayer,
  type FixedClassifierLayerArgs,
  fixedClassifier,
} from "../../lib/adapters/tfjs/layer.js";
import { createBackend } from "../../lib/backends/create.js";
import { FixedClassifier } from "../../lib/classifier.js";

const FEATURES = 12;
const CLASSES = 5;
const crossEntropy = (labels: tf.Tensor, logits: tf.Tensor): tf.Scalar =>
  tf.losses.softmaxCrossEntropy(labels, logits);

/** A batch of seeded features, of any shape. */
const features = (...shape: number[]): tf.Tensor => tf.randomNormal(shape, 0, 1, "float32", 7);

function trunkAndHead(args: Partial<FixedClassifierLayerArgs> = {}): tf.Sequential {
  const kernelInitializer = tf.initializers.glorotUniform({ seed: 3 });
  return tf.sequential({
    layers: [
      tf.layers.dense({ units: FEATURES, inputShape: [4], kernelInitializer }),
      fixedClassifier({ classes: CLASSES, name: "head", ...args }),
    ],
  });
}

const headOf = (model: tf.LayersModel): FixedClassifierLayer =>
  model.getLayer("head") as FixedClassifierLayer;

beforeAll(async () => {
  tf.enableProdMode(); // without its greeting
  await tf.setBackend("cpu");
});

describe("forward", () => {
  it("gives the logits of the head, bit for bit", () => {
    const layer = fixedClassifier({ classes: CLASSES });
    const x = features(3, FEATURES);
    const logits = layer.apply(x) as tf.Tensor;
    const head = new FixedClassifier({ features: FEATURES, classes: CLASSES });
    expect(logits.shape).toEqual([3, CLASSES]);
    expect(logits.dataSync()).toEqual(head.forward(x.dataSync() as Float32Array));
  });

  it("takes the last axis as features for inputs of any rank", () => {
    const layer = fixedClassifier({ classes: CLASSES });
    const x = features(2, 3, FEATURES);
    const logits = layer.apply(x) as tf.Tensor;
    const flat = layer.apply(x.reshape([6, FEATURES])) as tf.Tensor;
    expect(logits.shape).toEqual([2, 3, CLASSES]);
    expect(logits.dataSync()).toEqual(flat.dataSync());
  });

  it("takes integers, as other layers do", () => {
    const layer = fixedClassifier({ classes: CLASSES });
    const logits = layer.apply(tf.ones([1, FEATURES], "int32")) as tf.Tensor;
    expect(logits.dataSync()).toEqual((layer.apply(tf.ones([1, FEATURES])) as tf.Tensor).dataSync());
  });

  it("takes no rows", () => {
    const layer = fixedClassifier({ classes: CLASSES });
    for (const shape of [[0], [3, 0], [0, 3]]) {
      const x = tf.zeros([...shape, FEATURES]);
      expect((layer.apply(x) as tf.Tensor).shape).toEqual([...shape, CLASSES]);
      expect(tf.grad((x) => layer.apply(x) as tf.Tensor)(x).shape).toEqual(x.shape);
    }
    const model = trunkAndHead({ activation: "softmax" });
    expect((model.apply(tf.zeros([0, 4])) as tf.Tensor).shape).toEqual([0, CLASSES]);
    // TensorFlow.js itself has no prediction of no rows.
    const dense = tf.sequential({ layers: [tf.layers.dense({ units: 2, inputShape: [4] })] });
    expect(() => dense.predict(tf.zeros([0, 4]))).toThrow("Pass at least one tensor to concat");
  });

  it("starts as the code says, also where that is random", () => {
    const layer = fixedClassifier({ classes: CLASSES, code: "sylvester", seed: 9 });
    layer.build([null, FEATURES]);
    const head = new FixedClassifier({ features: FEATURES, classes: CLASSES, code: "sylvester", seed: 9 });
    expect(layer.head().scale).toBe(head.scale);
    expect(layer.head().bias).toEqual(head.bias);
  });

  it("leaks no tensor", () => {
    const model = trunkAndHead();
    const x = features(3, 4);
    const before = tf.memory().numTensors;
    (model.predict(x) as tf.Tensor).dispose();
    expect(tf.memory().numTensors).toBe(before);
  });
});

describe("gradient", () => {
  const x = () => features(3, FEATURES);
  const weights = () => tf.randomNormal([3, CLASSES], 0, 1, "float32", 8);
  const layerOf = (args: Partial<FixedClassifierLayerArgs> = {}): FixedClassifierLayer => {
    const layer = fixedClassifier({ classes: CLASSES, ...args });
    layer.build([null, FEATURES]);
    return layer;
  };
  const variables = (layer: tf.layers.Layer): tf.Variable[] =>
    layer.trainableWeights.map((weight) => weight.read() as tf.Variable);

  it("is that of head.backward", () => {
    const layer = layerOf();
    const dy = weights();
    const gradX = tf.grad((x) => layer.apply(x) as tf.Tensor)(x(), dy);
    const { grads } = tf.variableGrads(
      () => tf.sum(tf.mul(layer.apply(x()) as tf.Tensor, dy)) as tf.Scalar,
      variables(layer),
    );
    const [scale, bias] = variables(layer).map(({ name }) => grads[name]?.dataSync());
    const expected = layer.head().backward(x().dataSync() as Float32Array, dy.dataSync() as Float32Array);
    expect(gradX.dataSync()).toEqual(expected.features);
    expect(scale?.[0]).toBe(Math.fround(expected.scale as number));
    expect(bias).toEqual(expected.bias);
  });

  it("agrees with finite differences of the loss", () => {
    const layer = layerOf({ scale: 3 });
    const dy = weights();
    const loss = (x: tf.Tensor): tf.Scalar => tf.sum(tf.mul(layer.apply(x) as tf.Tensor, dy));
    const start = x();
    const gradient = tf.grad(loss)(start).dataSync();
    const step = 2 ** -7;
    const difference = (i: number): number => {
      const unit = tf.oneHot(tf.tensor1d([i], "int32"), 3 * FEATURES).reshape([3, FEATURES]);
      const along = (t: number): number => loss(tf.add(start, tf.mul(unit, t))).dataSync()[0] as number;
      return (along(step) - along(-step)) / (2 * step);
    };
    for (const i of [0, 5, FEATURES + 1, 3 * FEATURES - 1]) {
      expect(gradient[i]).toBeCloseTo(difference(i), 3);
    }
  });

  it("belongs to the weights of the forward, even if they have changed since", () => {
    const layer = layerOf();
    const [scale] = variables(layer) as [tf.Variable];
    const before = tf
      .grad((x) => layer.apply(x) as tf.Tensor)(x())
      .dataSync();
    const after = tf
      .grad((x) => {
        const logits = layer.apply(x) as tf.Tensor;
        scale.assign(tf.tensor1d([100]));
        return logits;
      })(x())
      .dataSync();
    expect(after).toEqual(before);
  });

  it("is not taken for a scale that is not learned", () => {
    const layer = layerOf({ learnScale: false });
    expect(layer.trainableWeights.map(({ shape }) => shape)).toEqual([[CLASSES]]);
    expect(layer.nonTrainableWeights.map(({ shape }) => shape)).toEqual([[1]]);
    expect(layerOf({ bias: false }).weights).toHaveLength(1);
  });
});

describe("training", () => {
  const batch = () => ({
    x: features(40, 4),
    y: tf.oneHot(
      tf.tensor1d(
        Array.from({ length: 40 }, (_, i) => i % CLASSES),
        "int32",
      ),
      CLASSES,
    ),
  });

  it.each(["hadamard", "sylvester"] as const)("with model.fit reduces the loss of code %s", async (code) => {
    const model = trunkAndHead({ code });
    model.compile({ optimizer: tf.train.adam(0.05), loss: crossEntropy });
    const start = headOf(model).head();
    const { x, y } = batch();
    const { history } = await model.fit(x, y, { epochs: 8, batchSize: 20, verbose: 0, shuffle: false });
    const losses = history.loss as number[];
    expect(losses.at(-1)).toBeLessThan((losses[0] as number) * 0.95);
    const { scale, bias } = headOf(model).head();
    expect(scale).not.toBe(start.scale);
    expect(bias).not.toEqual(start.bias);
  });

  it("leaves a fixed scale where it is", async () => {
    const model = trunkAndHead({ learnScale: false, scale: 4 });
    model.compile({ optimizer: "sgd", loss: crossEntropy });
    const { x, y } = batch();
    await model.fit(x, y, { epochs: 1, verbose: 0 });
    expect(headOf(model).head().scale).toBe(4);
  });
});

describe("saving and loading", () => {
  const settings = {
    classes: CLASSES,
    features: FEATURES,
    code: "sylvester",
    bias: true,
    scale: 0.5,
    learnScale: false,
    seed: 3,
    allowDuplicates: true,
  } as const;

  it("keeps every setting in the configuration", () => {
    const config = fixedClassifier({ ...settings, name: "head" }).getConfig();
    expect(config).toMatchObject({ ...settings, name: "head" });
    expect(new FixedClassifierLayer(config as never).getConfig()).toEqual(config);
  });

  it("keeps defaults as defaults", () => {
    const config = fixedClassifier({ classes: CLASSES, name: "head" }).getConfig();
    expect(config).toMatchObject({ classes: CLASSES, code: null, scale: null });
    expect(new FixedClassifierLayer(config as never).getConfig()).toEqual(config);
  });

  it("rebuilds a model from its JSON", async () => {
    const model = trunkAndHead(settings);
    const copy = await tf.models.modelFromJSON({ modelTopology: JSON.parse(model.toJSON() as string) });
    expect(headOf(copy)).toBeInstanceOf(FixedClassifierLayer);
    expect(headOf(copy).head().settings).toEqual(headOf(model).head().settings);
  });

  const assigned = {
    classes: CLASSES,
    code: { name: "hadamard", seed: 2, assignment: Int32Array.of(4, 0, 20, 1) },
  } as const;

  it("writes the options of a code as plain JSON", () => {
    const { code } = fixedClassifier(assigned).getConfig();
    expect(code).toEqual({ name: "hadamard", seed: 2, assignment: [4, 0, 20, 1] });
  });

  it.each([settings, { classes: CLASSES }, assigned])(
    "restores a trained model, settings %#",
    async (args) => {
      const model = trunkAndHead(args);
      headOf(model).setWeights(headOf(model).weights.map(({ shape }) => tf.randomNormal(shape as number[])));
      let saved: tf.io.ModelArtifacts = {};
      await model.save(
        tf.io.withSaveHandler(async (artifacts) => {
          saved = artifacts;
          return { modelArtifactsInfo: { dateSaved: new Date(0), modelTopologyType: "JSON" } };
        }),
      );
      const copy = await tf.loadLayersModel(tf.io.fromMemory(saved));
      const x = features(6, 4);
      expect((copy.predict(x) as tf.Tensor).dataSync()).toEqual((model.predict(x) as tf.Tensor).dataSync());
      expect(headOf(copy).head().toSafetensors()).toEqual(headOf(model).head().toSafetensors());
    },
  );

  it("goes to a head and back", () => {
    const head = new FixedClassifier({
      features: FEATURES,
      classes: CLASSES,
      scale: -2,
      backend: createBackend("js"),
    });
    head.bias?.set([1, 2, 3, 4, 5]);
    const layer = FixedClassifierLayer.fromHead(head, { name: "given" });
    const x = features(2, FEATURES);
    const logits = layer.apply(x) as tf.Tensor;
    expect(logits.dataSync()).toEqual(head.forward(x.dataSync() as Float32Array));
    expect(layer.name).toBe("given");
    expect(layer.head().toSafetensors()).toEqual(head.toSafetensors());
    expect(layer.head().backend).toBe(head.backend);
    layer.head().bias?.fill(0);
    expect(layer.head().bias).toEqual(head.bias);
  });
});

describe("bad input", () => {
  const built = (): FixedClassifierLayer => {
    const layer = fixedClassifier({ classes: CLASSES, name: "head" });
    layer.build([null, FEATURES]);
    return layer;
  };
  const classifier = (args: unknown) => () => fixedClassifier(args as FixedClassifierLayerArgs);

  it("refuses settings that are none", () => {
    expect(classifier(undefined)).toThrow(
      new TypeError("a fixed classifier layer needs an object with classes, got undefined"),
    );
    expect(classifier({})).toThrow(new TypeError("classes must be a number, got undefined"));
    expect(classifier({ classes: 0 })).toThrow(RangeError);
    expect(() => trunkAndHead({ code: "walsh" as never })).toThrow(RangeError);
    expect(() => trunkAndHead({ classes: 1000 })).toThrow(/has vectors for 512 classes at 12 features/);
    expect(classifier({ classes: 5, code: "learned" })).toThrow(/is tf\.layers\.dense/);
    expect(classifier({ classes: 5, code: { name: "learned" } })).toThrow(/is tf\.layers\.dense/);
  });

  it("refuses features of another width, eager and symbolic", () => {
    const error = new RangeError(
      "the last axis of the input of head must have its 12 features, got shape [2, 7]",
    );
    expect(() => built().apply(features(2, 7))).toThrow(error);
    expect(() => built().apply(tf.input({ shape: [7] }))).toThrow(
      /must have its 12 features, got shape \[\?, 7\]/,
    );
    expect(() => trunkAndHead({ features: 16 })).toThrow(RangeError);
  });

  it("refuses shapes without a known last axis", () => {
    expect(() => fixedClassifier({ classes: 2 }).apply(tf.input({ shape: [3, null] }))).toThrow(
      /last axis of the input of \S+ must be known, got shape \[\?, 3, \?\]/,
    );
    expect(() => built().apply(tf.ones([FEATURES]))).toThrow(/at least two axes, rows and features/);
  });

  it("refuses several inputs, and what is no number", () => {
    const two = [tf.input({ shape: [FEATURES] }), tf.input({ shape: [FEATURES] })];
    expect(() => fixedClassifier({ classes: 2 }).apply(two)).toThrow(/takes one input, got 2/);
    expect(() => built().apply(tf.fill([1, FEATURES], "a", "string"))).toThrow(/its dtype is string/);
  });

  it("has no head before it has weights", () => {
    expect(() => fixedClassifier({ classes: 2, name: "early" }).head()).toThrow(
      /layer early has no weights yet/,
    );
    expect(() => FixedClassifierLayer.fromHead({} as never)).toThrow(
      "head must be a FixedClassifier, got an object",
    );
  });
});
