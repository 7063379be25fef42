import type { AbortSignalLike } from "../backends/backend.js";
import { slicedForward } from "../backends/sliced.js";
import { describe, outputArray } from "../checks.js";
import { checkFeatures, type Features } from "../features.js";
import { readOptions } from "../options.js";
import type { HeadCore } from "./core.js";
import { OUTPUT_OPTIONS, type OutputOptions } from "./logits.js";

/** Options of `forwardAsync`. */
export interface AsyncOptions extends OutputOptions {
  /** Aborts the call: the promise is rejected with its reason. */
  signal?: AbortSignalLike;
}

function checkSignal(signal: unknown): asserts signal is AbortSignalLike | undefined {
  if (signal === undefined) return;
  const { throwIfAborted, addEventListener, removeEventListener } = (signal ?? {}) as AbortSignalLike;
  if (
    [throwIfAborted, addEventListener, removeEventListener].some((method) => typeof method !== "function")
  ) {
    throw new TypeError(`signal must be an AbortSignal, got ${describe(signal)}`);
  }
}

/** `forward` off the event loop, on copies of x and of the parameters, which nobody else writes to. */
export async function forwardAsync(
  core: HeadCore,
  x: Features,
  options: AsyncOptions | null | undefined,
): Promise<Float32Array> {
  const given = readOptions("forwardAsync", options, ["signal"], OUTPUT_OPTIONS);
  const input = checkFeatures(x, core.features, given);
  const length = input.rows * core.classes;
  const { out, signal } = given;
  if (out !== undefined) outputArray("out", out, length, core.inputs(x));
  checkSignal(signal);
  signal?.throwIfAborted();
  const { scale, bias } = core.parameters();
  const parameters = { scale, bias: bias?.slice() ?? null };
  const kernels = core.snapshot();
  const rows = core.decoder.all(input, kernels);
  const copy = rows.buffer === x.buffer ? rows.slice() : rows;
  const logits = new Float32Array(length);
  const run = kernels.forwardAsync?.bind(kernels) ?? slicedForward(kernels, core.settings);
  await run(copy, parameters, logits, signal);
  signal?.throwIfAborted();
  if (out === undefined) return logits;
  const view = outputArray("out", out, length, []);
  view.set(logits);
  return view;
}
