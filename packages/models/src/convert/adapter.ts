import { FixedClassifier } from "fixed-classifier";
import type { LastLayer } from "../last-layer.js";
import type { Answerer } from "./answer.js";
import { denseProduct } from "./dense.js";
import { distil, ROWS } from "./distil.js";

/**
 * A fixed head behind a linear layer A of its own: A = Vᵀ·W, V the fixed vectors. Where these are orthogonal, which they are up to as many
 * classes as the width, V·A is W, so that only the norm of A·x is lost; with more classes A is the least squares solution for V·A = W
 * up to a factor, and much is lost. Scale and bias are distilled then. A is dense, width × features: no smaller than W unless the width
 * is below the classes.
 */
export function adapted(layer: LastLayer, x: Float32Array, width: number): Answerer {
  const { features, classes } = layer;
  if (width < 2)
    throw new RangeError("brought to length 1, one number is only a sign: give a width of 2 or more");
  const head = new FixedClassifier({ features: width, classes, code: "hadamard" });
  const adapter = new FixedClassifier({ features, classes: width, code: "learned", bias: false });
  const { weights } = adapter;
  if (weights === null) throw new Error("a dense layer without weights");
  weights.set(projected(layer, head));
  head.bias?.fill(0);
  if (layer.bias !== null) head.bias?.set(layer.bias);
  const some = x.subarray(0, ROWS * features);
  const inner = denseProduct({ features, classes: width, weights, bias: null }, some);
  distil(head, inner, denseProduct(layer, some));
  return { head, adapter, rerank: null };
}

/** Features at a time. */
const FEATURES = 64;

/**
 * Vᵀ·W, width × features, by the head's own transform. The gradient by a row x of length 1 is s·(Vᵀ·g − x·⟨Vᵀ·g, x⟩), so a row that has
 * its 1 in the first place gives all but that place, and one that has it in the second gives that one.
 */
function projected({ features, classes, weights }: LastLayer, head: FixedClassifier): Float32Array {
  const width = head.features;
  const out = new Float32Array(width * features);
  head.scale = 1;
  for (let first = 0; first < features; first += FEATURES) {
    const count = Math.min(FEATURES, features - first);
    const columns = new Float32Array(count * classes);
    for (let k = 0; k < count; k++)
      for (let c = 0; c < classes; c++) columns[k * classes + c] = weights[c * features + first + k];
    const [most, rest] = [0, 1].map((place) => {
      const rows = new Float32Array(count * width);
      for (let k = 0; k < count; k++) rows[k * width + place] = 1;
      return head.backward(rows, columns).features;
    });
    for (let k = 0; k < count; k++) {
      out[first + k] = rest[k * width];
      for (let i = 1; i < width; i++) out[i * features + first + k] = most[k * width + i];
    }
  }
  return out;
}
