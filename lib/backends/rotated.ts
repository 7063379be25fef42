import type { ProductTable } from "../table.js";
import type { GradientBuffers, HeadKernels, RotationKernels } from "./backend.js";

/** Rows of more are copied to an array of their own. */
const KEPT = 2 ** 20;

let memory = new Float32Array();

/** What is kept from call to call, which is safe since calls do not nest. */
function copyOf(x: Float32Array): Float32Array {
  if (x.length > KEPT) return x.slice();
  if (memory.length < x.length) memory = new Float32Array(x.length);
  const copy = memory.subarray(0, x.length);
  copy.set(x);
  return copy;
}

/**
 * Class vectors may stand in features that are rotated ({@link ProductTable.rotation}), of which kernels know nothing. This rotates the rows
 * before a call, and what comes back after it: for every backend, so the bits are the same.
 */
export function rotated(kernels: HeadKernels, { rotate, plan }: RotationKernels): HeadKernels {
  function turned(x: Float32Array): Float32Array {
    const copy = copyOf(x);
    rotate(copy, false);
    return copy;
  }
  /** The rotation is orthonormal: its inverse takes gradients back too. */
  function turnBack({ features, weights }: GradientBuffers): void {
    rotate(features, true);
    if (weights !== null) rotate(weights, true);
  }
  const forwardAsync = kernels.forwardAsync?.bind(kernels);
  return {
    forward: (x, parameters, logits) => kernels.forward(turned(x), parameters, logits),
    planForward(x, bias, logits) {
      const own = new Float32Array(x.length);
      const turn = plan(own, false);
      const run =
        kernels.planForward?.(own, bias, logits) ??
        ((scale: number) => kernels.forward(own, { scale, bias }, logits));
      return (scale) => {
        own.set(x);
        turn();
        run(scale);
      };
    },
    logSumExp: (x, parameters, out) => kernels.logSumExp(turned(x), parameters, out),
    probabilities: (x, parameters, out) => kernels.probabilities(turned(x), parameters, out),
    chosenProbabilities: (x, parameters, chosen, out) =>
      kernels.chosenProbabilities(turned(x), parameters, chosen, out),
    topK: (x, parameters, k, classes, scores) => kernels.topK(turned(x), parameters, k, classes, scores),
    backward(x, parameters, gradLogits, gradients) {
      kernels.backward(turned(x), parameters, gradLogits, gradients);
      turnBack(gradients);
    },
    lossAndGradient(x, parameters, loss, losses, gradients) {
      kernels.lossAndGradient(turned(x), parameters, loss, losses, gradients);
      turnBack(gradients);
    },
    ...(forwardAsync && {
      forwardAsync(x, parameters, logits, signal) {
        // The rows belong to the call.
        rotate(x, false);
        return forwardAsync(x, parameters, logits, signal);
      },
    }),
  };
}
