import { checkInteger, outputArray, overlap } from "../checks.js";
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

/** Arrays to write the best classes to instead of new ones: long enough, and overlapping neither each other nor an input. */
export interface TopKOutput {
  /** At least rows × k. */
  classes?: Int32Array;
  /** At least rows × k. */
  scores?: Float32Array;
}

const OUTPUTS = ["classes", "scores"] as const satisfies (keyof TopKOutput)[];

/** Options of `topK`. */
export interface TopKOptions extends FeatureOptions {
  /**
   * Arrays to write to instead of new ones, for batches: to make two that have more than 16 numbers takes longer than to find the best class
   * of a row.
   */
  out?: TopKOutput;
  /**
   * For a head of the code "product" with `originals`: so many of the best classes by the code are scored again by their originals, k …
   * classes, and the k best of these are returned, with these scores. Default: none.
   */
  rerank?: number;
}

const OWN_OPTIONS = ["out", "rerank"] as const satisfies (keyof TopKOptions)[];

export function topK(core: HeadCore, x: Features, k: number, options: TopKOptions | null | undefined): TopK {
  if (hasOnlyOut(options) && Number.isInteger(k) && k >= 1 && k < MANY && k <= core.classes) {
    const rows = usualRows(core, x);
    if (rows > 0) return usualTopK(core, x as Float32Array, k, rows * k, options?.out);
  }
  return checkedTopK(core, x, k, options);
}

function hasOnlyOut(options: TopKOptions | null | undefined): boolean {
  if (options === undefined) return true;
  if (options?.constructor !== Object) return false;
  for (const name in options) if (name !== "out") return false;
  return true;
}

/** Arrays of up to so many numbers lie in the heap of JavaScript, until an addon asks where they are: that moves them, which takes a while. */
const IN_HEAP = 16;

const newTopK = (count: number): TopK => ({
  classes: new Int32Array(count),
  scores: new Float32Array(count),
});

/** Where kernels write so few, from call to call. */
let moved = newTopK(0);

function usualTopK(
  core: HeadCore,
  x: Float32Array,
  k: number,
  count: number,
  out: TopKOutput | null | undefined,
): TopK {
  const { scale, bias } = core;
  const kernels = core.made ?? core.kernels;
  if (count > IN_HEAP || (out !== undefined && out !== null)) {
    const best = outputs(out, count, core.inputs(x));
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
  const { classes, scores } = outputs(given.out, input.rows * k, core.inputs(x));
  const parameters = core.parameters();
  for (const slice of core.decoder.slices(input, search)) {
    search.topK(slice.rows, parameters, k, partOf(classes, slice, k), partOf(scores, slice, k));
  }
  return { classes, scores };
}

function outputs(
  out: TopKOutput | null | undefined,
  count: number,
  inputs: readonly (ArrayBufferView | null)[],
): TopK {
  if (out === undefined || out === null) return newTopK(count);
  const given = readOptions<TopKOutput>("out", out, OUTPUTS);
  const classes = outputArray("out.classes", given.classes, count, inputs, Int32Array);
  const scores = outputArray("out.scores", given.scores, count, inputs);
  if (overlap(classes, scores)) throw new RangeError("out.classes overlaps out.scores; use separate arrays");
  return { classes, scores };
}

function searchOf(core: HeadCore, k: number, rerank: number | undefined): Search {
  if (rerank !== undefined) return reranked(core, k, rerank);
  return searchFor(core, k);
}
