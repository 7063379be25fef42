import { FixedClassifier } from "../product.js";

export const OWN = "fixed-classifier";
export const BOUND = `${OWN}, bound`;

/** Our head of the same shape, or null where this version has none. */
export async function fixedClassifier({ features, classes, bias }) {
  let head;
  try {
    head = new FixedClassifier({ features, classes });
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
  head.bias.set(bias);
  // As a server and a training loop keep them.
  let out = new Float32Array(0);
  const gradients = { bias: new Float32Array(classes) };
  return {
    name: OWN,
    head,
    forward(x, rows) {
      if (out.length !== rows * classes) out = new Float32Array(rows * classes);
      return head.forward(x, { out });
    },
    /** The same logits by a call that is bound to its arrays. */
    plan: (x) => head.plan(x),
    top: (x) => head.topK(x, 1),
    lossAndGradient(x, rows, labels) {
      if (gradients.features?.length !== rows * features) {
        gradients.features = new Float32Array(rows * features);
      }
      const { loss, gradient } = head.lossAndGradient(x, labels, { out: gradients });
      return { loss, ...gradient };
    },
    close() {},
  };
}
