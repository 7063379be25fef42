import { checkArray, checkRows, outputArray, typedArrayLength } from "../checks.js";
import { readOptions } from "../options.js";
import type { HeadCore } from "./core.js";

/** `forward` bound to its arrays. It takes the scale of the head at the time of a call; the bias stays the same array. */
export function planForward(
  core: HeadCore,
  x: Float32Array,
  options: { out?: Float32Array } | null | undefined,
): () => Float32Array {
  checkArray("x", x, "Float32Array");
  const rows = checkRows("x", x, core.features, "features");
  const given = readOptions("plan", options, ["out"]);
  const out = outputArray("out", given.out, rows * core.classes, core.inputs(x));
  const { kernels } = core;
  const { bias } = core.parameters();
  const run =
    kernels.planForward?.(x, bias, out) ?? ((scale: number) => kernels.forward(x, { scale, bias }, out));
  const lengths = [typedArrayLength(x), typedArrayLength(out)] as const;
  return () => {
    if (typedArrayLength(x) !== lengths[0] || typedArrayLength(out) !== lengths[1]) {
      const which = typedArrayLength(x) !== lengths[0] ? "x" : "out";
      throw new TypeError(`${which} was detached or resized after head.plan; make a new plan`);
    }
    run(core.parameters().scale);
    return out;
  };
}
