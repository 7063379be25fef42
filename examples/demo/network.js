// 784 → 128 ReLU → 64 → head: the same trunk under every head.
import * as tf from "@tensorflow/tfjs";
import { fixedClassifier } from "fixed-classifier/tfjs";
import { CLASSES, PIXELS } from "./fashion-mnist.js";

export const FEATURES = 64;

/**
 * What each head stands on, and how it is made. The default fixed head measures angles and wants features of both signs; the others
 * stand on a ReLU, as the networks of the paper do.
 */
export const HEADS = {
  learned: {
    activation: "relu",
    layer: (seed) => tf.layers.dense({ units: CLASSES, kernelInitializer: glorot(seed) }),
  },
  hadamard: {
    activation: "linear",
    layer: (seed, backend) => fixedClassifier({ classes: CLASSES, seed, backend }),
  },
  sylvester: {
    activation: "relu",
    layer: (seed, backend) => fixedClassifier({ classes: CLASSES, code: "sylvester", seed, backend }),
  },
};

const glorot = (seed) => tf.initializers.glorotUniform({ seed });

/** `seed` starts from 1: TensorFlow.js takes 0 for no seed. */
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
  const head = layer(3 * seed, backend);
  head.build([null, FEATURES]);
  return {
    trunk,
    head,
    logits: (images) => head.apply(trunk.apply(images)),
    weights: [trunk, head].flatMap((part) => part.trainableWeights.map((weight) => weight.read())),
  };
}
