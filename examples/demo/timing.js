// How long the last layer takes by itself: medians, since other programs share the machine.
import * as tf from "@tensorflow/tfjs";
import { FixedClassifierLayer } from "fixed-classifier/tfjs";
import { CLASSES } from "./fashion-mnist.js";
import { FEATURES, variablesOf } from "./network.js";
import { BATCH, crossEntropy } from "./training.js";

/** @import { Layer, Network } from "./network.js" */

/**
 * Milliseconds of one step of training (logits, loss and gradients of features and weights) inside TensorFlow.js; of the same called
 * directly, where the head is fixed; and of inference, a row.
 * @typedef {{ step: number, direct?: number, inference: number }} Times
 */

/**
 * @param {Network} network
 * @param {Float32Array} features of some rows
 * @param {Uint8Array} labels
 * @returns {Times}
 */
export function timeHead({ head: layer }, features, labels) {
  const rows = features.length / FEATURES;
  const batch = features.slice(0, BATCH * FEATURES);
  const target = Array.from(labels.subarray(0, BATCH));
  const step = medianTime(() => stepInEngine(layer, batch, target));
  if (!(layer instanceof FixedClassifierLayer)) {
    const x = tf.tensor2d(features, [rows, FEATURES]);
    // tf.tidy must not get the array: it would search its elements for tensors, ten times as long as the layer takes.
    const inference = medianTime(() => tf.tidy(() => void logitsOf(layer, x).dataSync())) / rows;
    x.dispose();
    return { step, inference };
  }
  const head = layer.head();
  const out = new Float32Array(rows * CLASSES);
  return {
    step,
    direct: medianTime(() => head.lossAndGradient(batch, target)),
    inference: medianTime(() => head.forward(features, { out })) / rows,
  };
}

/**
 * @param {Layer} layer
 * @param {tf.Tensor} x
 */
const logitsOf = (layer, x) => /** @type {tf.Tensor2D} */ (layer.apply(x));

/**
 * @param {Layer} layer
 * @param {Float32Array} batch
 * @param {number[]} target
 */
function stepInEngine(layer, batch, target) {
  tf.tidy(() => {
    const x = tf.variable(tf.tensor2d(batch, [BATCH, FEATURES]));
    const variables = [x, ...variablesOf(layer)];
    const { grads } = tf.variableGrads(() => crossEntropy(target, logitsOf(layer, x)), variables);
    for (const gradient of Object.values(grads)) gradient.dataSync();
    x.dispose();
  });
}

/** @param {() => void} work */
function medianTime(work, { warmUp = 50, count = 201 } = {}) {
  for (let i = 0; i < warmUp; i++) work();
  const times = Array.from({ length: count }, () => {
    const start = performance.now();
    work();
    return performance.now() - start;
  });
  return times.sort((a, b) => a - b)[count >> 1];
}
