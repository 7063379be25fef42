import { checkInteger } from "../checks.js";
import { checkFeatures, FEATURE_OPTIONS, type FeatureOptions, type Features, partOf } from "../features.js";
import { readOptions } from "../options.js";
import type { HeadCore } from "./core.js";

/** The best classes of every row. */
export interface TopK {
  /** rows × k, best first. */
  readonly classes: Int32Array;
  /** Their logits, rows × k. */
  readonly scores: Float32Array;
}

export function topK(
  core: HeadCore,
  x: Features,
  k: number,
  options: FeatureOptions | null | undefined,
): TopK {
  const input = checkFeatures(x, core.features, readOptions("topK", options, FEATURE_OPTIONS));
  checkInteger("k", k, 1, core.classes);
  const classes = new Int32Array(input.rows * k);
  const scores = new Float32Array(input.rows * k);
  const parameters = core.parameters();
  for (const slice of core.decoder.slices(input)) {
    core.kernels.topK(slice.rows, parameters, k, partOf(classes, slice, k), partOf(scores, slice, k));
  }
  return { classes, scores };
}
