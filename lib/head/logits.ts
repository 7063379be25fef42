import { outputArray } from "../checks.js";
import { checkFeatures, type FeatureOptions, type Features, partOf } from "../features.js";
import { readOptions } from "../options.js";
import type { HeadCore } from "./core.js";

/** Options of a call that has one array of results. */
export interface OutputOptions extends FeatureOptions {
  /** An array to write to instead of a new one: long enough, and not overlapping an input. */
  out?: Float32Array;
}

/** The names of {@link OutputOptions}. */
export const OUTPUT_OPTIONS = ["out", "type", "featureScale"] as const satisfies (keyof OutputOptions)[];

export function forward(
  core: HeadCore,
  x: Features,
  options: OutputOptions | null | undefined,
): Float32Array {
  const { features, classes, kernels } = core;
  const given = readOptions("forward", options, OUTPUT_OPTIONS);
  const input = checkFeatures(x, features, given);
  const out = outputArray("out", given.out, input.rows * classes, core.inputs(x));
  const parameters = core.parameters();
  for (const slice of core.decoder.slices(input)) {
    kernels.forward(slice.rows, parameters, partOf(out, slice, classes));
  }
  return out;
}
