/** @import { DensePeer, Layer } from "./layer.js" */

/**
 * A dense layer as one writes it in JavaScript; four sums at a time, because one waits for itself.
 * @param {Layer} layer
 * @returns {Promise<DensePeer>}
 */
export async function plainJavaScript({ features, classes, weights, bias }) {
  return {
    name: "plain JavaScript",
    forward(x, rows) {
      const logits = new Float32Array(rows * classes);
      for (let c = 0; c < classes; c++) {
        const w = weights.subarray(c * features, (c + 1) * features);
        for (let r = 0; r < rows; r++) logits[r * classes + c] = bias[c] + dot(w, x, r * features, features);
      }
      return logits;
    },
    close() {},
  };
}

/**
 * @param {Float32Array} w
 * @param {Float32Array} x
 * @param {number} at where in x
 * @param {number} length
 */
function dot(w, x, at, length) {
  let a = 0;
  let b = 0;
  let c = 0;
  let d = 0;
  let i = 0;
  for (; i + 4 <= length; i += 4) {
    a += w[i] * x[at + i];
    b += w[i + 1] * x[at + i + 1];
    c += w[i + 2] * x[at + i + 2];
    d += w[i + 3] * x[at + i + 3];
  }
  for (; i < length; i++) a += w[i] * x[at + i];
  return a + b + c + d;
}
