import * as tf from "@tensorflow/tfjs";
import type { FixedClassifier } from "fixed-classifier";
import { PIXELS } from "../data/fashion-mnist.js";
import { featuresOf } from "./network.js";

export interface Guess {
  readonly class: number;
  readonly probability: number;
}

/**
 * The most probable classes of one image, best first: the features by TensorFlow.js, the rest by the head.
 *
 * @param image pixels from 0 to 1
 */
export function classify(
  network: tf.LayersModel,
  head: FixedClassifier,
  image: Float32Array,
  count: number,
): Guess[] {
  const features = tf.tidy(() =>
    featuresOf(network, tf.tensor2d(image, [1, PIXELS])).dataSync(),
  ) as Float32Array;
  const { classes } = head.topK(features, count);
  const probabilities = head.probabilities(features, { classes });
  return Array.from(classes, (label, i) => ({ class: label, probability: probabilities[i] as number }));
}
