/** The best classes when there are many: kernels keep a list and insert into it, which for 100,000 classes takes seconds a row. */

import type { HeadKernels, HeadParameters, KernelRows } from "../backends/backend.js";
import type { HeadCore } from "./core.js";

/** What finds the k best classes of every row, and their scores. */
export type Search = Pick<HeadKernels<KernelRows>, "topK" | "reduced">;

/** From so many on, all logits of a row are sorted. */
export const MANY = 512;

/** What finds k best classes of every row: the kernels or, of many, a sort. */
export const searchFor = (core: HeadCore, k: number): Search =>
  k < MANY ? core.kernels : sortedSearch(core);

/** The same classes and scores as by the kernels: by larger logit, then by lower class, NaN last. */
function sortedSearch({ kernels, features, classes: count }: HeadCore): Search {
  function topK(
    x: Float32Array,
    parameters: HeadParameters,
    k: number,
    classes: Int32Array,
    scores: Float32Array,
  ): void {
    const logits = new Float32Array(count);
    const sort = sorter(count);
    for (let r = 0; r * features < x.length; r++) {
      kernels.forward(x.subarray(r * features, (r + 1) * features), parameters, logits);
      const sorted = sort(logits);
      for (let i = 0; i < k; i++) {
        const c = sorted(i);
        classes[r * k + i] = c;
        scores[r * k + i] = logits[c] as number;
      }
    }
  }
  return { topK };
}

/**
 * A function that sorts `count` classes, or all, by their logits, which stand by class: by larger logit, then by lower class, NaN last.
 * It returns what tells the i-th until the next sort.
 */
export function sorter(count: number) {
  // A class in the lower half of a key and the place of its logit in the upper one: numbers are sorted much faster than by a comparison.
  const keys = new BigUint64Array(count);
  const halves = new Uint32Array(keys.buffer);
  const classAt = (i: number): number => halves[2 * i] as number;

  return (logits: Float32Array, classes?: Int32Array): ((i: number) => number) => {
    for (let i = 0; i < count; i++) {
      const c = classes === undefined ? i : (classes[i] as number);
      halves[2 * i] = c;
      halves[2 * i + 1] = placeOf(logits[c] as number);
    }
    keys.sort();
    return classAt;
  };
}

const value = new Float32Array(1);
const bits = new Uint32Array(value.buffer);

/** The bits of positive floats grow with them and those of negative ones shrink; turned over, the largest logit comes first. */
function placeOf(logit: number): number {
  if (Number.isNaN(logit)) return 0xffffffff;
  // Zeros of both signs are equal.
  value[0] = logit + 0;
  const of = bits[0] as number;
  return of >>> 31 ? of : ~of & 0x7fffffff;
}
