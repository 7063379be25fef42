import type { FixedClassifier } from "fixed-classifier";
import { denseProduct } from "./dense.js";

/** A last layer in our form: a head, maybe behind an adapter, maybe with originals that score its best classes again. */
export interface Answerer {
  readonly head: FixedClassifier;
  /** A dense layer before the head, x ↦ A·x + a, kept as a head "learned"; or null. */
  readonly adapter: FixedClassifier | null;
  /** How many of the best classes are scored again by the originals; null: none. */
  readonly rerank: number | null;
}

/** The core computes dense layers as a reference does, for their bits; this is faster. */
export function forwardOf(head: FixedClassifier, x: Float32Array): Float32Array {
  const { features, classes, weights, bias } = head;
  return weights === null ? head.forward(x) : denseProduct({ features, classes, weights, bias }, x);
}

const inputs = ({ adapter }: Answerer, x: Float32Array): Float32Array =>
  adapter === null ? x : forwardOf(adapter, x);

/** By the code, without what scores again. */
export const logitsOf = (answerer: Answerer, x: Float32Array): Float32Array =>
  forwardOf(answerer.head, inputs(answerer, x));

/** The k best classes of every row, as people ask for them. */
export function bestOf(answerer: Answerer, x: Float32Array, k: number): Int32Array {
  const { head, rerank } = answerer;
  if (head.weights !== null) return largest(logitsOf(answerer, x), head.classes, k);
  return head.topK(inputs(answerer, x), k, rerank === null ? {} : { rerank: Math.max(k, rerank) }).classes;
}

/** The k largest of every row, the lowest class first where they are equal, as topK has them. */
function largest(logits: Float32Array, classes: number, k: number): Int32Array {
  const out = new Int32Array((logits.length / classes) * k);
  for (let row = 0; row * classes < logits.length; row++) {
    const best = out.subarray(row * k, (row + 1) * k);
    const z = logits.subarray(row * classes, (row + 1) * classes);
    for (let c = 0, found = 0; c < classes; c++) {
      if (found === k && !(z[c] > z[best[k - 1]])) continue;
      if (found < k) found++;
      let at = found - 1;
      for (; at > 0 && z[c] > z[best[at - 1]]; at--) best[at] = best[at - 1];
      best[at] = c;
    }
  }
  return out;
}
