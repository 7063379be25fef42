// Adam on a falling cosine, and the accuracy that it reaches.
import * as tf from "@tensorflow/tfjs";
import { CLASSES, PIXELS } from "./fashion-mnist.js";

/** @import { LabelledImages } from "./fashion-mnist.js" */
/** @import { Network } from "./network.js" */

export const BATCH = 32;
const LEARNING_RATE = 1e-3;

/**
 * @param {number[]} labels
 * @param {tf.Tensor2D} logits
 * @returns {tf.Scalar}
 */
export const crossEntropy = (labels, logits) =>
  tf.losses.softmaxCrossEntropy(tf.oneHot(tf.tensor1d(labels, "int32"), CLASSES), logits);

/**
 * @param {Network} network
 * @param {LabelledImages} images
 * @param {{ epochs: number, seed: number, onStep: (epoch: number, loss: number) => void }} options `onStep` is called after every
 *   batch with the epoch so far, a fraction included, and its loss
 */
export function train(network, { images, labels, count }, { epochs, seed, onStep }) {
  const optimizer = tf.train.adam(LEARNING_RATE);
  const stepsAnEpoch = Math.ceil(count / BATCH);
  const all = tf.tensor2d(images, [count, PIXELS]);
  const random = randomIntegers(seed);
  for (let step = 0, order = new Int32Array(0); step < epochs * stepsAnEpoch; step++) {
    const at = (step % stepsAnEpoch) * BATCH;
    if (at === 0) order = shuffled(count, random);
    const batch = order.subarray(at, at + BATCH);
    const learningRate = (LEARNING_RATE / 2) * (1 + Math.cos((Math.PI * step) / (epochs * stepsAnEpoch)));
    // TensorFlow.js has no other way to change it, but declares it to be its own.
    Object.assign(optimizer, { learningRate });
    const loss = tf.tidy(() => {
      const rows = tf.gather(all, tf.tensor1d(batch, "int32"));
      const target = Array.from(batch, (row) => labels[row]);
      const cost = () => crossEntropy(target, network.logits(rows));
      const loss = /** @type {tf.Scalar} */ (optimizer.minimize(cost, true, network.weights));
      return loss.dataSync()[0];
    });
    onStep((step + 1) / stepsAnEpoch, loss);
  }
  all.dispose();
  optimizer.dispose();
}

/**
 * The fraction of images whose largest logit is their label's.
 * @param {Network} network
 * @param {LabelledImages} images
 */
export function accuracy(network, { images, labels, count }) {
  const predicted = tf.tidy(() =>
    tf.argMax(network.logits(tf.tensor2d(images, [count, PIXELS])), 1).dataSync(),
  );
  return predicted.filter((label, row) => label === labels[row]).length / count;
}

/**
 * What the head sees: the last features of every image, rows × features.
 * @param {Network} network
 * @param {LabelledImages} images
 */
export const featuresOf = (network, { images, count }) =>
  tf.tidy(() => new Float32Array(network.features(tf.tensor2d(images, [count, PIXELS])).dataSync()));

/**
 * @param {number} count
 * @param {(n: number) => number} random an integer below n
 */
function shuffled(count, random) {
  const order = Int32Array.from({ length: count }, (_, i) => i);
  for (let i = count - 1; i > 0; i--) {
    const j = random(i + 1);
    [order[i], order[j]] = [order[j], order[i]];
  }
  return order;
}

/**
 * Integers from 0 to n − 1, from a xorshift generator of 32 bits.
 * @param {number} seed
 */
function randomIntegers(seed) {
  let state = Math.imul(seed, 0x9e3779b9) | 1;
  /** @param {number} n */
  return (n) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return Math.floor(((state >>> 0) / 2 ** 32) * n);
  };
}
