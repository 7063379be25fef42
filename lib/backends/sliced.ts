import type { HeadKernels, KernelRows } from "./backend.js";

/** A slice is about this many multiplications of the dense layer it replaces: well under a millisecond anywhere. */
const SLICE_WORK = 2 ** 22;

/** Lets other events run. */
export const pause = (): Promise<void> =>
  new Promise((resolve) => {
    if (typeof setImmediate === "function") setImmediate(resolve);
    else setTimeout(resolve, 0);
  });

/** `forwardAsync` for a backend without threads: slices of rows with a pause after each. */
export function slicedForward(
  kernels: HeadKernels<KernelRows>,
  shape: { features: number; classes: number },
): NonNullable<HeadKernels<KernelRows>["forwardAsync"]> {
  const { features, classes } = shape;
  const step = Math.max(1, Math.floor(SLICE_WORK / (features * classes)));
  return async (x, parameters, logits, signal) => {
    const rows = x.length / features;
    for (let r = 0; r < rows; r += step) {
      await pause();
      signal?.throwIfAborted();
      const end = Math.min(r + step, rows);
      kernels.forward(
        x.subarray(r * features, end * features),
        parameters,
        logits.subarray(r * classes, end * classes),
      );
    }
  };
}
