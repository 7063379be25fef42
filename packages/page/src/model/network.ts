// 784 → 128 ReLU → 64 → head: the same trunk under both heads.
import * as tf from "@tensorflow/tfjs";
import type { FixedClassifier } from "fixed-classifier";
import { FixedClassifierLayer, fixedClassifier } from "fixed-classifier/tfjs";
import { CLASSES, PIXELS } from "../data/fashion-mnist.js";
import type { HeadName } from "./heads.js";

const FEATURES = 64;

/**
 * What each head stands on, and how it is made: the fixed one measures angles and wants features of both signs, the learned one has the
 * ReLU that it is usually given.
 */
const HEADS = {
  fixed: { activation: "linear", layer: () => fixedClassifier({ classes: CLASSES }) },
  learned: {
    activation: "relu",
    layer: (seed: number) => tf.layers.dense({ units: CLASSES, kernelInitializer: glorot(seed) }),
  },
} as const;

const glorot = (seed: number) => tf.initializers.glorotUniform({ seed });

/** @param seed from 1: TensorFlow.js takes 0 for no seed */
export function buildNetwork(name: HeadName, seed: number): tf.Sequential {
  const { activation, layer } = HEADS[name];
  return tf.sequential({
    layers: [
      tf.layers.dense({
        units: 128,
        activation: "relu",
        inputShape: [PIXELS],
        kernelInitializer: glorot(3 * seed - 2),
      }),
      tf.layers.dense({ units: FEATURES, activation, kernelInitializer: glorot(3 * seed - 1) }),
      layer(3 * seed),
    ],
  });
}

export const headLayer = (network: tf.LayersModel): tf.layers.Layer =>
  network.layers.at(-1) as tf.layers.Layer;

/** The fixed head of a network as it is now, apart from TensorFlow.js; null for a learned one. */
export function headOf(network: tf.LayersModel): FixedClassifier | null {
  const layer = headLayer(network);
  return layer instanceof FixedClassifierLayer ? layer.head() : null;
}

/** What the head gets: the features of every image, rows × 64. */
export function featuresOf(network: tf.LayersModel, images: tf.Tensor2D): tf.Tensor2D {
  return network.layers
    .slice(0, -1)
    .reduce<tf.Tensor>((x, layer) => layer.apply(x) as tf.Tensor, images) as tf.Tensor2D;
}

export const logitsOf = (network: tf.LayersModel, images: tf.Tensor2D): tf.Tensor2D =>
  network.apply(images) as tf.Tensor2D;

/** What is trained of a network. */
export const variablesOf = (network: tf.LayersModel): tf.Variable[] =>
  network.trainableWeights.map((weight) => weight.read() as tf.Variable);
