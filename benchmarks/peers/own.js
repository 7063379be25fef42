import { needed } from "../needed.js";
import { FixedClassifier } from "../product.js";

/** @import { Layer, OwnPeer } from "./layer.js" */

export const OWN = "fixed-classifier";
export const BOUND = `${OWN}, bound`;

/**
 * Our head of the same shape, or null where this version has none.
 * @param {Layer} layer
 * @returns {Promise<OwnPeer | null>}
 */
export async function fixedClassifier({ features, classes, code, bias }) {
  let head;
  try {
    head = new FixedClassifier({ features, classes, ...(code && { code }) });
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
  needed(head.bias, "bias").set(bias);
  // As a server and a training loop keep them.
  let out = new Float32Array(0);
  /** @type {{ bias: Float32Array, features?: Float32Array }} */
  const gradients = { bias: new Float32Array(classes) };
  return {
    name: OWN,
    head,
    forward(x, rows) {
      if (out.length !== rows * classes) out = new Float32Array(rows * classes);
      return head.forward(x, { out });
    },
    plan: (x) => head.plan(x),
    top: (x) => head.topK(x, 1),
    lossAndGradient(x, rows, labels) {
      if (gradients.features?.length !== rows * features) {
        gradients.features = new Float32Array(rows * features);
      }
      const { loss, gradient } = head.lossAndGradient(x, labels, { out: gradients });
      return { loss, bias: needed(gradient.bias, "gradient by the bias") };
    },
    close() {},
  };
}
