// The head of a training, which may be another one from some epoch on.
import { FixedClassifier } from "../../../dist/index.js";
import { blendedHead } from "./blended.js";
import { fixedHead } from "./fixed.js";
import { matrixHead } from "./matrix.js";
import { roundedHead } from "./rounded.js";

/** @import { Head, HeadParameters, HeadShape } from "./parameters.js" */
/** @import { Phase } from "./spec.js" */

/**
 * @param {Phase} phase
 * @param {HeadShape} shape
 * @param {HeadParameters} parameters
 * @param {{ roundEvery: number, classScale: boolean }} options
 * @returns {Promise<Head>}
 */
export async function makeHead({ kind, width, epochs }, shape, parameters, options) {
  if (kind === "dense" || kind === "cosine") return matrixHead(kind, shape, parameters);
  if (kind === "hadamard") return fixedHead("hadamard", shape, parameters);
  if (kind === "product") return roundedHead(width, shape, parameters, options);
  if (kind === "blended") return blendedHead(width, shape, parameters, epochs * shape.stepsAnEpoch);
  const { features, classes } = shape;
  const any = new FixedClassifier({ features, classes, code: { name: "product", width } });
  const assignment = any.round(parameters.matrix.value);
  return fixedHead({ name: "product", width, assignment }, shape, parameters);
}

/**
 * The phase of an epoch, and whether it begins in it.
 * @param {Phase[]} phases
 * @param {number} epoch from 0
 */
export function phaseOf(phases, epoch) {
  let start = 0;
  for (const phase of phases) {
    if (epoch < start + phase.epochs) return { phase, begins: epoch === start };
    start += phase.epochs;
  }
  throw new RangeError(`there is no phase for epoch ${epoch}`);
}
