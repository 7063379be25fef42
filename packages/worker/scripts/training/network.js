// 784 → 128 ReLU → 64 → head: the same trunk under every head.
import * as tf from "@tensorflow/tfjs";
import { fixedClassifier } from "fixed-classifier/tfjs";
import { CLASSES, PIXELS } from "./fashion-mnist.js";

/** @import { Backend } from "fixed-classifier" */

export const FEATURES = 64;

/** @typedef {{ seed: number, backend?: Backend }} HeadOptions */
/** @typedef {InstanceType<typeof tf.layers.Layer>} Layer */
/** @typedef {ReturnType<typeof buildNetwork>} Network */

/**
 * What each head stands on, and how it is made. The default fixed head measures angles and wants features of both signs; the others
 * stand on a ReLU, as the networks of the paper do.
 * @type {Record<string, { activation: "relu" | "linear", layer: (options: HeadOptions) => Layer }>}
 */
export const HEADS = {
  learned: {
    activation: "relu",
    layer: ({ seed }) => tf.layers.dense({ units: CLASSES, kernelInitializer: glorot(seed) }),
  },
  hadamard: {
    activation: "linear",
    layer: (options) => fixedClassifier({ classes: CLASSES, ...options }),
  },
  sylvester: {
    activation: "relu",
    layer: (options) => fixedClassifier({ classes: CLASSES, code: "sylvester", ...options }),
  },
};

/** @param {number} seed */
const glorot = (seed) => tf.initializers.glorotUniform({ seed });

/**
 * @param {string} name one of HEADS
 * @param {number} seed from 1: TensorFlow.js takes 0 for no seed
 * @param {Backend} [backend] of a fixed head
 */
export function buildNetwork(name, seed, backend) {
  const { activation, layer } = HEADS[name];
  const trunk = tf.sequential({
    layers: [
      tf.layers.dense({
        units: 128,
        activation: "relu",
        inputShape: [PIXELS],
        kernelInitializer: glorot(3 * seed - 2),
      }),
      tf.layers.dense({ units: FEATURES, activation, kernelInitializer: glorot(3 * seed - 1) }),
    ],
  });
  const head = layer({ seed: 3 * seed, ...(backend && { backend }) });
  head.build([null, FEATURES]);
  /** @param {tf.Tensor} images */
  const features = (images) => /** @type {tf.Tensor2D} */ (trunk.apply(images));
  return {
    head,
    features,
    /** @param {tf.Tensor} images */
    logits: (images) => /** @type {tf.Tensor2D} */ (head.apply(features(images))),
    weights: [trunk, head].flatMap(variablesOf),
  };
}

/**
 * What is trained of a layer.
 * @param {Layer} layer
 */
export const variablesOf = (layer) =>
  layer.trainableWeights.map((weight) => /** @type {tf.Variable} */ (weight.read()));
