// The dense layer that the peers compute: any weights will do, they cost all the same.
import { normal } from "../data.js";

/** @import { CodeOptions, FixedClassifier, TopK } from "../product.js" */

/**
 * `weights`: classes × features; `code`: that of our head.
 * @typedef {{ features: number, classes: number, code?: CodeOptions | undefined, weights: Float32Array, bias: Float32Array }} Layer
 */

/**
 * A library with its layer of that shape.
 * @typedef {object} DensePeer
 * @property {string} name
 * @property {undefined} [head]
 * @property {(x: Float32Array, rows: number) => Float32Array | Promise<Float32Array>} forward rows × classes
 * @property {(x: Float32Array, rows: number, labels: Int32Array) => Step} [lossAndGradient]
 * @property {() => void | Promise<void>} close
 */
/**
 * The mean cross-entropy and its gradient by the bias, and what other gradients the library gives.
 * @typedef {{ loss: number, bias: Values, features?: Values, weights?: Values }} Step
 */
/** @typedef {ArrayLike<number>} Values */

/**
 * The library that has a head.
 * @typedef {object} OwnPeer
 * @property {string} name
 * @property {FixedClassifier} head
 * @property {(x: Float32Array, rows: number) => Float32Array} forward
 * @property {(x: Float32Array) => () => Float32Array} plan the same logits by a call that is bound to its arrays
 * @property {(x: Float32Array) => TopK} top the best class of every row
 * @property {(x: Float32Array, rows: number, labels: Int32Array) => Step} lossAndGradient
 * @property {() => void} close
 */
/** @typedef {DensePeer | OwnPeer} Peer */

/**
 * @param {number} features
 * @param {number} classes
 * @param {CodeOptions} [code]
 * @returns {Layer}
 */
export function denseLayer(features, classes, code) {
  /** @type {Float32Array | undefined} */
  let weights;
  return {
    features,
    classes,
    code,
    bias: normal(classes, 2),
    /** Made when first read: a fixed classifier has none, and gigabytes of them take their time. */
    get weights() {
      weights ??= weightsOf(features, classes);
      return weights;
    },
  };
}

/** A prime, so that no two of so many classes have the same weights. */
const PERIOD = 65_537;

/**
 * @param {number} features
 * @param {number} classes
 */
function weightsOf(features, classes) {
  const scale = 1 / Math.sqrt(features);
  const some = normal(PERIOD, 3).map((value) => value * scale);
  const weights = new Float32Array(classes * features);
  for (let i = 0; i < weights.length; i += PERIOD) {
    weights.set(some.subarray(0, Math.min(PERIOD, weights.length - i)), i);
  }
  return weights;
}
