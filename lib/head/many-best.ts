/** The best classes when there are many: kernels keep a list and insert into it, which for 100,000 classes takes seconds a row. */

import type { HeadParameters } from "../backends/backend.js";
import type { HeadCore } from "./core.js";
import type { Search } from "./rerank.js";

/** From so many on, all logits of a row are sorted. */
export const MANY = 512;

/** The same classes and scores as by the kernels: by larger logit, then by lower class, NaN last. */
export function sortedSearch({ kernels, features, classes: count }: HeadCore): Search {
  function topK(
    x: Float32Array,
    parameters: HeadParameters,
    k: number,
    classes: Int32Array,
    scores: Float32Array,
  ): void {
    const logits = new Float32Array(count);
    // A class in the lower half of a key and the place of its logit in the upper one: numbers are sorted much faster than by a comparison.
    const keys = new BigUint64Array(count);
    const halves = new Uint32Array(keys.buffer);
    for (let r = 0; r * features < x.length; r++) {
      kernels.forward(x.subarray(r * features, (r + 1) * features), parameters, logits);
      writeKeys(logits, halves);
      keys.sort();
      for (let i = 0; i < k; i++) {
        const c = halves[2 * i] as number;
        classes[r * k + i] = c;
        scores[r * k + i] = logits[c] as number;
      }
    }
  }
  return { topK };
}

const value = new Float32Array(1);
const bits = new Uint32Array(value.buffer);

/** The bits of positive floats grow with them and those of negative ones shrink; turned over, the largest logit comes first. */
function writeKeys(logits: Float32Array, halves: Uint32Array): void {
  for (let c = 0; c < logits.length; c++) {
    const logit = logits[c] as number;
    // Zeros of both signs are equal.
    value[0] = logit + 0;
    const of = bits[0] as number;
    halves[2 * c] = c;
    halves[2 * c + 1] = Number.isNaN(logit) ? 0xffffffff : of >>> 31 ? of : ~of & 0x7fffffff;
  }
}
