import type { HeadKernels, HeadParameters } from "../backends/backend.js";
import { slicedForward } from "../backends/sliced.js";
import { describe } from "../checks.js";
import type { HeadShape } from "../codes/code.js";

export function checkSignal(signal: unknown): asserts signal is AbortSignal | undefined {
  if (signal !== undefined && typeof (signal as AbortSignal | null)?.throwIfAborted !== "function") {
    throw new TypeError(`signal must be an AbortSignal, got ${describe(signal)}`);
  }
}

/** `forward` off the event loop. `x` and the parameters are the caller's copies, which nobody else writes to. */
export async function runAsync(
  kernels: HeadKernels,
  shape: HeadShape,
  x: Float32Array,
  parameters: HeadParameters,
  signal: AbortSignal | undefined,
): Promise<Float32Array> {
  const logits = new Float32Array((x.length / shape.features) * shape.classes);
  const run = kernels.forwardAsync ?? slicedForward(kernels, shape);
  await run(x, parameters, logits, signal);
  signal?.throwIfAborted();
  return logits;
}
