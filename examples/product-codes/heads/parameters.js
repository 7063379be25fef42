// What the heads of one training share.

/** @import { Parameter } from "../engine/adam.js" */
/** @import { Random } from "../engine/random.js" */

/**
 * @typedef {object} HeadShape
 * @property {number} features
 * @property {number} classes
 * @property {number} rows of a step
 * @property {number} evaluated rows of an evaluation
 * @property {number} stepsAnEpoch
 */

/** W classes × features, a bias a class, one scale. @typedef {{ matrix: Parameter, bias: Parameter, scale: Parameter }} HeadParameters */

/**
 * How they start: W normally distributed with rows of length one on average, the scale as docs/training says.
 * @param {HeadShape} shape
 * @param {Random} random
 * @param {Float32Array} bias
 * @returns {HeadParameters}
 */
export function startParameters({ features, classes }, random, bias) {
  return {
    matrix: parameter(random.normals(classes * features, 1 / Math.sqrt(features))),
    bias: parameter(bias),
    scale: parameter(Float32Array.of(Math.log(99 * (classes - 1)))),
  };
}

/** @param {Float32Array} value @returns {Parameter} */
export const parameter = (value) => ({ value, gradient: new Float32Array(value.length) });

/** What an evaluation found: the sum of the losses and the number of rows whose class was named. @typedef {{ loss: number, correct: number }} Score */

/**
 * A head at work. `gradient` is that of the features, rows × features.
 * @typedef {object} Head
 * @property {Parameter[]} parameters
 * @property {(x: Float32Array, labels: Int32Array) => Promise<{ loss: number, gradient: Float32Array }>} step
 * @property {(x: Float32Array, labels: Int32Array) => Promise<Score>} evaluate of as many rows as there are labels
 * @property {() => import("../../../dist/index.js").FixedClassifier} [classifier] as it is now; a matrix is none
 * @property {() => Promise<void>} release
 */

/** Is told the head before the first step and after the last. @typedef {(head: Head, moment: "start" | "end") => void} OnHead */
