import { FixedClassifier, fwht } from "fixed-classifier";
import type { AuthorsForm, LastLayer } from "../last-layer.js";
import { denseProduct } from "./dense.js";

/** The layer as the head "learned", which computes it as it is. */
export function learnedHead({ features, classes, weights, bias }: LastLayer): FixedClassifier {
  const head = new FixedClassifier({ features, classes, code: "learned", bias: bias !== null });
  head.weights?.set(weights);
  if (bias !== null) head.bias?.set(bias);
  return head;
}

/** The logits of rows as the original has them. */
export type Logits = (x: Float32Array) => Float32Array;

export function originalLogits(layer: LastLayer): Logits {
  return layer.hadamard === null ? (x) => denseProduct(layer, x) : authorsLogits(layer, layer.hadamard.scale);
}

/** z = scale·⟨h_c, x / (‖x‖ + 1e-8)⟩ + b_c in float64, so that what takes its place is judged by something else than itself. */
function authorsLogits({ features, classes, bias }: LastLayer, scale: number): Logits {
  const order = 2 ** Math.ceil(Math.log2(Math.max(features, classes, 2)));
  const row = new Float64Array(order);
  return (x) => {
    const rows = x.length / features;
    const logits = new Float32Array(rows * classes);
    for (let r = 0; r < rows; r++) {
      const values = x.subarray(r * features, (r + 1) * features);
      const norm = Math.sqrt(values.reduce((sum, value) => sum + value * value, 0)) + 1e-8;
      row.fill(0);
      for (let j = 0; j < features; j++) row[j] = values[j] / norm;
      fwht(row);
      for (let c = 0; c < classes; c++) logits[r * classes + c] = scale * row[c] + (bias?.[c] ?? 0);
    }
    return logits;
  };
}

/**
 * The authors' form as the head "sylvester", exactly: the same ±1 vectors, the scale with its sign, the bias. Where classes share a vector,
 * as theirs do beyond the next power of two, they go on sharing it.
 */
export function authorsHead({ features, classes, bias }: LastLayer, { scale }: AuthorsForm): FixedClassifier {
  const head = new FixedClassifier({
    features,
    classes,
    code: "sylvester",
    bias: bias !== null,
    scale: -scale,
    allowDuplicates: true,
  });
  if (bias !== null) head.bias?.set(bias);
  return head;
}
