import { FixedClassifier } from "fixed-classifier";
import { headModel } from "fixed-classifier-models";

/**
 * A trained dense layer as an ONNX model by itself: rows of features in, logits out.
 * @param {{ features: number, classes: number, weights: Float32Array, bias: Float32Array | null }} layer
 */
export function denseModel({ features, classes, weights, bias }) {
  const head = new FixedClassifier({ features, classes, code: "learned" });
  head.weights?.set(weights);
  if (bias !== null) head.bias?.set(bias);
  return headModel(head);
}
