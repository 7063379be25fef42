/** Bad data and errors: training goes on with NaN as it does with any layer, and no error leaves a tensor behind. */

import { beforeAll, describe, expect, it } from "@jest/globals";
import * as tf from "@tensorflow/tfjs";
import {
  FixedClassifierLayer,
  type FixedClassifierLayerArgs,
  fixedClassifier,
} from "../../lib/adapters/tfjs/layer.js";
import { headOperation } from "../../lib/adapters/tfjs/operation.js";
import { createBackend } from "../../lib/backends/create.js";
import { FixedClassifier } from "../../lib/classifier.js";

const FEATURES = 12;
const CLASSES = 5;

const built = (args: object = {}): FixedClassifierLayer => {
  const layer = fixedClassifier({ classes: CLASSES, name: "head", ...args } as FixedClassifierLayerArgs);
  layer.build([null, FEATURES]);
  return layer;
};
const features = (...shape: number[]): tf.Tensor => tf.randomNormal(shape, 0, 1, "float32", 7);
const values = (tensor: tf.Tensor | tf.Tensor[]): number[] => [...(tensor as tf.Tensor).dataSync()];

function model(): tf.Sequential {
  const made = tf.sequential({
    layers: [
      tf.layers.dense({ units: FEATURES, inputShape: [4] }),
      fixedClassifier({ classes: CLASSES, name: "head" }),
    ],
  });
  made.compile({
    optimizer: tf.train.sgd(0.1),
    loss: (y: tf.Tensor, z: tf.Tensor) => tf.losses.softmaxCrossEntropy(y, z),
  });
  return made;
}

const labels = (rows: number): tf.Tensor => {
  const classes = Array.from({ length: rows }, (_, r) => r % CLASSES);
  return tf.oneHot(tf.tensor1d(classes, "int32"), CLASSES);
};

/** Features of which one row is not a number. */
function withNaN(rows: number): tf.Tensor {
  const x = tf.buffer([rows, 4], "float32", features(rows, 4).dataSync() as Float32Array);
  x.set(Number.NaN, 2, 1);
  return x.toTensor();
}

tf.enableProdMode(); // without its greeting

beforeAll(async () => {
  await tf.setBackend("cpu");
});

describe("a row of NaN", () => {
  it("gives NaN for that row and what is summed over rows, and only there", () => {
    const layer = built();
    const x = tf.tensor2d(
      [...new Array(FEATURES).fill(Number.NaN), ...new Array(FEATURES).fill(1)],
      [2, FEATURES],
    );
    const logits = layer.apply(x) as tf.Tensor;
    expect(values(logits).map(Number.isNaN)).toEqual([...Array(5).fill(true), ...Array(5).fill(false)]);
    const [scale, bias] = layer.trainableWeights.map((weight) => weight.read() as tf.Variable);
    const { value, grads } = tf.variableGrads(
      () => tf.losses.softmaxCrossEntropy(labels(2), layer.apply(x) as tf.Tensor),
      [scale, bias] as tf.Variable[],
    );
    expect(values(value)).toEqual([Number.NaN]);
    expect(values(grads[scale?.name as string] as tf.Tensor)).toEqual([Number.NaN]);
    expect(values(grads[bias?.name as string] as tf.Tensor)).toEqual(Array(5).fill(Number.NaN));
  });

  it("is trained on, evaluated and predicted from, fit after fit, and no tensor is left", async () => {
    const network = model();
    const [x, y] = [withNaN(8), labels(8)];
    const train = async (): Promise<number[]> => {
      const { history } = await network.fit(x, y, { epochs: 2, batchSize: 4, verbose: 0, shuffle: false });
      return history.loss as number[];
    };
    const rows = features(3, 4);
    expect(await train()).toEqual([Number.NaN, Number.NaN]);
    const { numTensors } = tf.memory();
    expect(await train()).toEqual([Number.NaN, Number.NaN]);
    const loss = network.evaluate(x, y) as tf.Scalar;
    expect(values(loss)).toEqual([Number.NaN]);
    const logits = network.predict(rows) as tf.Tensor;
    expect(values(logits).every(Number.isNaN)).toBe(true);
    tf.dispose([loss, logits]);
    expect(tf.memory().numTensors).toBe(numTensors);
  });

  it("stops a training whose callback looks for it", async () => {
    const network = model();
    let batches = 0;
    const onBatchEnd = async (_: number, logs?: tf.Logs): Promise<void> => {
      batches++;
      if (Number.isNaN(logs?.loss)) network.stopTraining = true;
    };
    const callbacks = { onBatchEnd };
    const { epoch } = await network.fit(withNaN(8), labels(8), {
      epochs: 5,
      batchSize: 4,
      verbose: 0,
      shuffle: false,
      callbacks,
    });
    expect([batches, epoch.length]).toEqual([1, 1]);
  });

  it("leaves a layer that says why it has no head", async () => {
    const network = model();
    await network.fit(withNaN(8), labels(8), { epochs: 1, verbose: 0 });
    const layer = network.getLayer("head") as FixedClassifierLayer;
    expect(() => layer.head()).toThrow(RangeError);
    expect(() => layer.head()).toThrow(
      "layer head is not finite, its training has diverged: scale[0] is NaN, expected a finite number; go back to",
    );
  });

  it("in the bias is refused too, but for a masked class", () => {
    const layer = built();
    const set = (bias: number[]): void => layer.setWeights([tf.tensor1d([2]), tf.tensor1d(bias)]);
    set([1, 2, Number.NaN, 4, 5]);
    expect(() => layer.head()).toThrow(
      "bias[2] is NaN, expected a finite number, or -Infinity to mask a class",
    );
    set([1, 2, 3, Infinity, 5]);
    expect(() => layer.head()).toThrow("bias[3] is Infinity");
    set([1, 2, -Infinity, 4, 5]);
    expect(layer.head().bias?.[2]).toBe(-Infinity);
  });
});

describe("no error leaves a tensor behind", () => {
  const throwing = (method: string): FixedClassifier => {
    const js = createBackend("js");
    const fail = (): never => {
      throw new Error("out of memory");
    };
    const backend = { ...js, head: (table: never) => ({ ...js.head(table), [method]: fail }) };
    return new FixedClassifier({ features: FEATURES, classes: CLASSES, backend });
  };
  const diverged = (): FixedClassifier => {
    const head = new FixedClassifier({ features: FEATURES, classes: CLASSES });
    head.scale = Number.NaN;
    return head;
  };
  const [x, wide] = [tf.ones([2, FEATURES]), tf.ones([2, FEATURES + 1])];
  const given = { scale: tf.tensor1d([1]), bias: tf.zeros([CLASSES]) };
  const layer = built();
  const initializer = tf.initializers.zeros();
  initializer.apply = () => tf.ones([3]);
  const cases: [string, RegExp, () => unknown][] = [
    ["the width of an input", /must have its 12 features/, () => layer.apply(wide)],
    ["the rank of an input", /at least two axes/, () => layer.apply(tf.ones([FEATURES]))],
    ["the dtype of an input", /dtype is string/, () => layer.apply(tf.fill([1, FEATURES], "a", "string"))],
    ["what is no tensor", /must be|Tensors|tensor/, () => layer.call([] as never)],
    ["settings of the head", /has vectors for/, () => built({ classes: 1000 })],
    ["building for another width", /must have its 12 features/, () => layer.build([null, 7])],
    ["weights that do not fit", /must have the shapes/, () => built({ weights: [given.bias] })],
    ["the kind of an initialiser", /Unknown initializer/, () => built({ biasInitializer: "one" })],
    ["an initialiser", /must give \[5\] numbers/, () => built({ biasInitializer: initializer })],
    ["no head yet", /has no weights yet/, () => fixedClassifier({ classes: 2 }).head()],
    ["a head that is none", /must be a FixedClassifier/, () => FixedClassifierLayer.fromHead({} as never)],
    ["a head that diverged", /head is not finite/, () => FixedClassifierLayer.fromHead(diverged())],
    ["the forward", /out of memory/, () => headOperation(throwing("forward"))(x, given.scale, given.bias)],
    [
      "the forward within a gradient",
      /out of memory/,
      () => tf.grad((x) => headOperation(throwing("forward"))(x, given.scale, given.bias))(x),
    ],
    [
      "the gradient",
      /out of memory/,
      () => tf.grad((x) => headOperation(throwing("backward"))(x, given.scale, given.bias))(x),
    ],
    ["a layer within a gradient", /out of memory/, () => tf.grad((x) => failing.apply(x) as tf.Tensor)(x)],
    ["a tensor that was disposed of", /disposed/, () => layer.apply(gone)],
  ];
  const gone = tf.ones([2, FEATURES]);
  gone.dispose();
  const failing = FixedClassifierLayer.fromHead(throwing("backward"));
  failing.build([null, FEATURES]);

  it.each(cases)("%s", (_, message, run) => {
    const throwIt = (): unknown => tf.tidy(() => run() as tf.Tensor);
    const { numTensors, numDataBuffers } = tf.memory();
    for (let i = 0; i < 3; i++) expect(throwIt).toThrow(message);
    expect(tf.memory()).toMatchObject({ numTensors, numDataBuffers });
    // What comes after is as it would be.
    const logits = layer.apply(x) as tf.Tensor;
    const gradient = tf.grad((x) => layer.apply(x) as tf.Tensor)(x);
    expect(logits.shape).toEqual([2, CLASSES]);
    tf.dispose([logits, gradient]);
    expect(tf.memory()).toMatchObject({ numTensors, numDataBuffers });
  });
});
