import { checkInteger } from "../checks.js";
import { checkFeatures, FEATURE_OPTIONS, type FeatureOptions, type Features, partOf } from "../features.js";
import { readOptions } from "../options.js";
import type { HeadCore } from "./core.js";
import { MANY, sortedSearch } from "./many-best.js";
import { reranked, type Search } from "./rerank.js";

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
  const given = readOptions("topK", options, FEATURE_OPTIONS, OWN_OPTIONS);
  const input = checkFeatures(x, core.features, given);
  checkInteger("k", k, 1, core.classes);
  const search = searchOf(core, k, given.rerank);
  const classes = new Int32Array(input.rows * k);
  const scores = new Float32Array(input.rows * k);
  const parameters = core.parameters();
  for (const slice of core.decoder.slices(input)) {
    search.topK(slice.rows, parameters, k, partOf(classes, slice, k), partOf(scores, slice, k));
  }
  return { classes, scores };
}

function searchOf(core: HeadCore, k: number, rerank: number | undefined): Search {
  if (rerank !== undefined) return reranked(core, k, rerank);
  return k < MANY ? core.kernels : sortedSearch(core);
}
