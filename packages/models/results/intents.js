// CLINC150 as embeddings of all-MiniLM-L6-v2: a dense layer that is trained here to tell 150 intents, and one whose classes are the sentences.
import { existsSync } from "node:fs";
import { join } from "node:path";
import { openBytes } from "../dist/containers/bytes.js";
import { openNpy, readIntegers } from "../dist/containers/npy.js";
import { denseProduct } from "../dist/convert/dense.js";
import { permutation, randomBits } from "../dist/convert/random.js";

/** @import { LastLayer } from "../dist/index.js" */

const EPOCHS = 10;
const BATCH = 100;
const RATE = 0.01;

/** @param {string} folder @param {"train" | "val" | "test"} part */
export function loadPart(folder, part) {
  const features = join(folder, `${part}_x_f16.npy`);
  if (!existsSync(features))
    throw new Error(`${folder} has no ${part}_x_f16.npy: give the folder of CLINC150's embeddings`);
  const array = openNpy(openBytes(features));
  const labels = Int32Array.from(readIntegers(openBytes(join(folder, `${part}_y_u8.npy`))));
  return { x: array.read(), labels, features: array.shape[1] };
}

/** @param {Float32Array[]} parts */
export function joined(...parts) {
  const all = new Float32Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

/**
 * @param {string} name
 * @param {number} features
 * @param {Float32Array} weights
 * @param {Float32Array | null} bias
 * @returns {LastLayer}
 */
export const layerOf = (name, features, weights, bias) => ({
  features,
  classes: weights.length / features,
  weights,
  bias,
  origin: { file: name, format: "made here", weights: "W", bias: bias && "b", storedType: "float32" },
  hadamard: null,
  classNames: null,
});

/**
 * Softmax regression by Adam (Kingma and Ba, ICLR 2015), whose rate falls to 0.
 * @param {{ x: Float32Array, labels: Int32Array, features: number }} train
 * @param {number} classes
 * @returns {LastLayer}
 */
export function trainDense({ x, labels, features }, classes) {
  const count = labels.length;
  const values = new Float32Array(classes * (features + 1));
  const weights = values.subarray(0, classes * features);
  const bias = values.subarray(classes * features);
  const [mean, square] = [new Float32Array(values.length), new Float32Array(values.length)];
  const bits = randomBits(0);
  const steps = Math.floor(count / BATCH);
  const [rows, columns] = [new Float32Array(BATCH * features), new Float32Array(features * BATCH)];
  for (let epoch = 0, step = 0; epoch < EPOCHS; epoch++) {
    const order = permutation(count, bits);
    for (let k = 0; k < steps; k++, step++) {
      const chosen = order.subarray(k * BATCH, (k + 1) * BATCH);
      chosen.forEach((row, r) => {
        for (let j = 0; j < features; j++) {
          rows[r * features + j] = x[row * features + j];
          columns[j * BATCH + r] = rows[r * features + j];
        }
      });
      const z = denseProduct({ features, classes, weights, bias }, rows);
      const g = gradientOf(
        z,
        classes,
        chosen.map((row) => labels[row]),
      );
      const gradient = new Float32Array(values.length);
      gradient.set(denseProduct({ features: BATCH, classes: features, weights: columns, bias: null }, g));
      for (let c = 0; c < classes; c++)
        for (let r = 0; r < BATCH; r++) gradient[classes * features + c] += g[c * BATCH + r];
      const rate = RATE * (1 - step / (EPOCHS * steps));
      for (let i = 0; i < values.length; i++) {
        mean[i] += 0.1 * (gradient[i] - mean[i]);
        square[i] += 0.001 * (gradient[i] ** 2 - square[i]);
        const corrected = Math.sqrt(square[i] / (1 - 0.999 ** (step + 1))) + 1e-8;
        values[i] -= (rate * mean[i]) / (1 - 0.9 ** (step + 1)) / corrected;
      }
    }
    console.error(`intents: epoch ${epoch + 1} of ${EPOCHS}`);
  }
  return layerOf("intents", features, weights.slice(), bias.slice());
}

/**
 * (softmax − one hot) / rows, classes × rows.
 * @param {Float32Array} z
 * @param {number} classes
 * @param {Int32Array} labels
 */
function gradientOf(z, classes, labels) {
  const rows = labels.length;
  const g = new Float32Array(z.length);
  for (let r = 0; r < rows; r++) {
    const row = z.subarray(r * classes, (r + 1) * classes);
    const largest = row.reduce((a, b) => Math.max(a, b));
    const sum = row.reduce((total, value) => total + Math.exp(value - largest), 0);
    for (let c = 0; c < classes; c++)
      g[c * rows + r] = (Math.exp(row[c] - largest) / sum - (c === labels[r] ? 1 : 0)) / rows;
  }
  return g;
}
