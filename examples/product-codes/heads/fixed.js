// Heads whose class vectors stay as they are.
import { FixedClassifier } from "../../../dist/index.js";

/** @import { FixedClassifierOptions } from "../../../dist/index.js" */
/** @import { Head, HeadParameters, HeadShape } from "./parameters.js" */

/**
 * @param {NonNullable<FixedClassifierOptions["code"]>} code
 * @param {HeadShape} shape
 * @param {HeadParameters} parameters
 * @returns {Head}
 */
export function fixedHead(code, { features, classes }, { bias, scale }) {
  const head = new FixedClassifier({ features, classes, code });
  const load = () => {
    head.scale = scale.value[0];
    head.bias?.set(bias.value);
  };
  return {
    parameters: [bias, scale],
    async step(x, labels) {
      load();
      const { loss, gradient } = head.lossAndGradient(x, labels);
      scale.gradient[0] = gradient.scale ?? 0;
      if (gradient.bias !== null) bias.gradient.set(gradient.bias);
      return { loss, gradient: gradient.features };
    },
    async evaluate(x, labels) {
      load();
      return score(head, x, labels);
    },
    classifier() {
      load();
      return head;
    },
    async release() {},
  };
}

/**
 * @param {FixedClassifier} head
 * @param {Float32Array} x
 * @param {Int32Array} labels
 */
export function score(head, x, labels) {
  const { loss } = head.lossAndGradient(x, labels, { reduction: "sum" });
  const { classes } = head.topK(x, 1);
  return { loss, correct: labels.filter((label, row) => classes[row] === label).length };
}
