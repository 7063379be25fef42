import type { HeadKernels, HeadParameters } from "../backends/backend.js";
import { typedArrayLength } from "../checks.js";

/** `forward` bound to checked arrays. `parameters` gives the scale and bias of the head at the time of a call; the bias stays the same array. */
export function planForward(
  kernels: HeadKernels,
  x: Float32Array,
  out: Float32Array,
  parameters: () => HeadParameters,
): () => Float32Array {
  const { bias } = parameters();
  const run =
    kernels.planForward?.(x, bias, out) ?? ((scale: number) => kernels.forward(x, { scale, bias }, out));
  const lengths = [typedArrayLength(x), typedArrayLength(out)] as const;
  return () => {
    if (typedArrayLength(x) !== lengths[0] || typedArrayLength(out) !== lengths[1]) {
      const which = typedArrayLength(x) !== lengths[0] ? "x" : "out";
      throw new TypeError(`${which} was detached or resized after head.plan; make a new plan`);
    }
    run(parameters().scale);
    return out;
  };
}
