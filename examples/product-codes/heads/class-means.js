// Where the vectors of classes may start instead of at random: at what the network makes of their examples before it has learned anything.

/** @import { Examples, Network } from "../classification.js" */

/**
 * Classes × features: the mean features of each class, less the mean of all, at length 1. A class without examples gets zeros.
 * @param {Network} network
 * @param {Examples} train
 * @param {number} classes
 * @param {number} features
 * @param {number} batch examples at a time
 */
export async function startFromClassMeans(network, { inputs, labels, count }, classes, features, batch) {
  const width = inputs.length / count;
  const means = new Float64Array(classes * features);
  const mean = new Float64Array(features);
  const counts = new Int32Array(classes);
  for (let first = 0; first < count; first += batch) {
    const end = Math.min(first + batch, count);
    const x = await network.evaluate(inputs.subarray(first * width, end * width));
    for (let row = first; row < end; row++) {
      const at = labels[row] * features;
      counts[labels[row]]++;
      for (let i = 0; i < features; i++) {
        const value = x[(row - first) * features + i];
        means[at + i] += value;
        mean[i] += value / count;
      }
    }
  }
  const vectors = new Float32Array(classes * features);
  for (let c = 0; c < classes; c++) {
    if (counts[c] === 0) continue;
    const vector = mean.map((value, i) => means[c * features + i] / counts[c] - value);
    const length = Math.hypot(...vector);
    if (length > 0)
      vectors.set(
        vector.map((value) => value / length),
        c * features,
      );
  }
  return vectors;
}
