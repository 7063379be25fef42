import { outputArray } from "../checks.js";
import { checkFeatures, type FeatureOptions, type Features, partOf } from "../features.js";
import { readOptions } from "../options.js";
import type { HeadCore } from "./core.js";
import { usualRows } from "./usual.js";

/** Options of a call that has one array of results. */
export interface OutputOptions extends FeatureOptions {
  /** An array to write to instead of a new one: long enough, and not overlapping an input. */
  out?: Float32Array;
}

/** The names of {@link OutputOptions}. */
export const OUTPUT_OPTIONS = ["out", "type", "featureScale"] as const satisfies (keyof OutputOptions)[];

/** Most calls by far have an `out` and nothing else; what they need stands in one function, since the interpreter takes long to call another. */
export function forward(
  core: HeadCore,
  x: Features,
  options: OutputOptions | null | undefined,
): Float32Array {
  const { scale, bias } = core;
  if (typeof options !== "object" || options === null || options.constructor !== Object) {
    if (options === undefined) return newLogits(core, x);
    return checkedForward(core, x, options);
  }
  for (const name in options) if (name !== "out") return checkedForward(core, x, options);
  const { out } = options;
  if (out === undefined) return checkedForward(core, x, options);
  if ((core.made ?? core.kernels).tryForward?.(x, scale, bias, out)) return out;
  return checkedForward(core, x, options);
}

function newLogits(core: HeadCore, x: Features): Float32Array {
  const rows = usualRows(core, x);
  if (rows === 0) return checkedForward(core, x, undefined);
  const { scale, bias } = core;
  const out = new Float32Array(rows * core.classes);
  (core.made ?? core.kernels).forward(x as Float32Array, { scale, bias }, out);
  return out;
}

function checkedForward(
  core: HeadCore,
  x: Features,
  options: OutputOptions | null | undefined,
): Float32Array {
  const { features, classes, kernels } = core;
  const given = readOptions("forward", options, OUTPUT_OPTIONS);
  const input = checkFeatures(x, features, given);
  const out = outputArray("out", given.out, input.rows * classes, core.inputs(x));
  const parameters = core.parameters();
  for (const slice of core.decoder.slices(input, kernels)) {
    kernels.forward(slice.rows, parameters, partOf(out, slice, classes));
  }
  return out;
}
