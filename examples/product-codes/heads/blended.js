// A cosine head whose vectors turn into their roundings little by little, so that what follows finds a trunk that is used to them.
import { FixedClassifier } from "../../../dist/index.js";
import { matrixHead } from "./matrix.js";
import { parameter } from "./parameters.js";
import { signOf, throughLength } from "./rounded.js";

/** @import { Head, HeadParameters, HeadShape } from "./parameters.js" */

/**
 * Step k of `steps` computes with (1 − k/steps)·w/‖w‖ + k/steps·q_w, where q_w is the rounding, and takes the gradient of that for the one
 * of w/‖w‖.
 * @param {number} width
 * @param {HeadShape} shape
 * @param {HeadParameters} parameters
 * @param {number} steps
 * @returns {Promise<Head>}
 */
export async function blendedHead(width, shape, { matrix, bias, scale }, steps) {
  const { features, classes } = shape;
  const any = new FixedClassifier({ features, classes, code: { name: "product", width } });
  const blend = parameter(new Float32Array(matrix.value.length));
  const inner = await matrixHead("cosine", shape, { matrix: blend, bias, scale });
  const count = Math.ceil(features / width);
  const unit = 1 / Math.sqrt(features);
  let done = 0;

  function mix() {
    const share = Math.min(done / steps, 1);
    const assignment = any.round(matrix.value);
    for (let c = 0; c < classes; c++) {
      const at = c * features;
      let square = 0;
      for (let i = 0; i < features; i++) square += matrix.value[at + i] ** 2;
      const own = (1 - share) / Math.max(Math.sqrt(square), 1e-12);
      for (let i = 0; i < features; i++) {
        const sign = signOf(assignment[c * count + Math.floor(i / width)], i % width, width);
        blend.value[at + i] = own * matrix.value[at + i] + share * unit * sign;
      }
    }
  }

  return {
    ...inner,
    parameters: [matrix, bias, scale],
    async step(x, labels) {
      mix();
      done++;
      const result = await inner.step(x, labels);
      throughLength(blend.gradient, matrix, features, 1);
      return result;
    },
    async evaluate(x, labels) {
      mix();
      return inner.evaluate(x, labels);
    },
  };
}
