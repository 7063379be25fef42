import { checkClasses, outputArray } from "../checks.js";
import { checkFeatures, type Features, partOf } from "../features.js";
import { readOptions } from "../options.js";
import type { HeadCore } from "./core.js";
import { OUTPUT_OPTIONS, type OutputOptions } from "./logits.js";

/** Options of `probabilities`. */
export interface ProbabilityOptions extends OutputOptions {
  /** Only the probabilities of these classes are returned; the softmax is over all. */
  classes?: Int32Array | readonly number[];
}

export function probabilities(
  core: HeadCore,
  x: Features,
  options: ProbabilityOptions | null | undefined,
): Float32Array {
  const { kernels } = core;
  const given = readOptions("probabilities", options, ["classes"], OUTPUT_OPTIONS);
  const input = checkFeatures(x, core.features, given);
  const chosen = given.classes === undefined ? null : checkClasses(given.classes, core.classes);
  const width = chosen?.length ?? core.classes;
  const out = outputArray("out", given.out, input.rows * width, core.inputs(x));
  const parameters = core.parameters();
  for (const slice of core.decoder.slices(input, kernels)) {
    const results = partOf(out, slice, width);
    if (chosen === null) kernels.probabilities(slice.rows, parameters, results);
    else kernels.chosenProbabilities(slice.rows, parameters, chosen, results);
  }
  return out;
}
