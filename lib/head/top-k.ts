import { checkInteger } from "../checks.js";
import { checkFeatures, FEATURE_OPTIONS, type FeatureOptions, type Features, partOf } from "../features.js";
import { readOptions } from "../options.js";
import type { HeadCore } from "./core.js";
import { MANY, type Search, searchFor } from "./many-best.js";
import { reranked } from "./rerank.js";
import { usualRows } from "./usual.js";

/** The best classes of every row. */
export interface TopK {
  /** rows × k, best first. */
  readonly classes: Int32Array;
  /** Their logits, rows × k. */
  readonly scores: Float32Array;
}

/** Options of `topK`. */
export interface TopKOptions extends FeatureOptions {
  /**
   * For a head of the code "product" with `originals`: so many of the best classes by the code are scored again by their originals, k …
   * classes, and the k best of these are returned, with these scores. Default: none.
   */
  rerank?: number;
}

const OWN_OPTIONS = ["rerank"] as const satisfies (keyof TopKOptions)[];

export function topK(core: HeadCore, x: Features, k: number, options: TopKOptions | null | undefined): TopK {
  if (options === undefined && Number.isInteger(k) && k >= 1 && k < MANY && k <= core.classes) {
    const rows = usualRows(core, x);
    if (rows > 0) return usualTopK(core, x as Float32Array, k, rows * k);
  }
  return checkedTopK(core, x, k, options);
}

/** Arrays of up to so many numbers lie in the heap of JavaScript, until an addon asks where they are: that moves them, which takes a while. */
const IN_HEAP = 16;

const newTopK = (count: number): TopK => ({
  classes: new Int32Array(count),
  scores: new Float32Array(count),
});

/** Where kernels write so few, from call to call. */
let moved = newTopK(0);

function usualTopK(core: HeadCore, x: Float32Array, k: number, count: number): TopK {
  const { scale, bias } = core;
  const kernels = core.made ?? core.kernels;
  if (count > IN_HEAP) {
    const best = newTopK(count);
    kernels.topK(x, { scale, bias }, k, best.classes, best.scores);
    return best;
  }
  if (moved.classes.length !== count) moved = newTopK(count);
  kernels.topK(x, { scale, bias }, k, moved.classes, moved.scores);
  return { classes: moved.classes.slice(), scores: moved.scores.slice() };
}

function checkedTopK(core: HeadCore, x: Features, k: number, options: TopKOptions | null | undefined): TopK {
  const given = readOptions("topK", options, FEATURE_OPTIONS, OWN_OPTIONS);
  const input = checkFeatures(x, core.features, given);
  checkInteger("k", k, 1, core.classes);
  const search = searchOf(core, k, given.rerank);
  const classes = new Int32Array(input.rows * k);
  const scores = new Float32Array(input.rows * k);
  const parameters = core.parameters();
  for (const slice of core.decoder.slices(input, search)) {
    search.topK(slice.rows, parameters, k, partOf(classes, slice, k), partOf(scores, slice, k));
  }
  return { classes, scores };
}

function searchOf(core: HeadCore, k: number, rerank: number | undefined): Search {
  if (rerank !== undefined) return reranked(core, k, rerank);
  return searchFor(core, k);
}
