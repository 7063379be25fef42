import type { Margin } from "../../numerics/margin.js";
import type { HadamardTable, ProductTable } from "../../table.js";
import type { HeadKernels, KernelRows } from "../backend.js";
import { abortable } from "./abort.js";
import type { Addon, Head, Kernels } from "./addon.js";

/** The addon's copy of a table. */
function makeHead(kernels: Kernels, table: HadamardTable | ProductTable): Head {
  if (table.kind === "product") {
    const { features, classes, width, unit, packed, stages, magnitudes, normalised } = table;
    return kernels.signedRowsHead(
      features,
      classes,
      width,
      unit,
      packed,
      stages,
      magnitudes,
      Number(normalised),
    );
  }
  const { features, classes, order, unit, masks, segments, factor, columns } = table;
  const { order: b, signs } = factor ?? { order: 1, signs: new Uint32Array(0) };
  const transposed = factor === null || factor.transposed === factor ? null : factor.transposed.signs;
  return kernels.head(features, classes, order, unit, masks, segments, b, signs, transposed, columns);
}

/** The kernels of a head in the addon. */
export function createHead(
  kernels: Kernels,
  runForward: Addon["runForward"],
  table: HadamardTable | ProductTable,
): HeadKernels<KernelRows> {
  const head = makeHead(kernels, table);
  return {
    reduced: (x, type) => (type === "bfloat16" ? new Int16Array(x.buffer, x.byteOffset, x.length) : x),
    forward: (x, { scale, bias }, logits) => kernels.forward(head, x, scale, bias, logits),
    // In the interpreter a bound function is called faster than one that calls another.
    tryForward: kernels.tryForward.bind(undefined, head),
    planForward(x, bias, logits) {
      const plan = kernels.planForward(head, x, bias, logits);
      return (scale) => runForward(plan, scale);
    },
    probabilities: (x, { scale, bias }, out) => kernels.probabilities(head, x, scale, bias, out),
    chosenProbabilities: (x, { scale, bias }, chosen, out) =>
      kernels.chosenProbabilities(head, x, scale, bias, chosen, out),
    topK: (x, { scale, bias }, k, outClasses, scores) =>
      kernels.topK(head, x, scale, bias, k, outClasses, scores),
    backward: (x, { scale, bias }, gradLogits, out) =>
      kernels.backward(
        head,
        x,
        scale,
        bias,
        gradLogits,
        out.features,
        out.scale,
        out.bias,
        out.weights,
        out.weightClasses ?? null,
      ),
    logSumExp: (x, { scale, bias, normalised }, out) =>
      kernels.logSumExp(head, x, scale, bias, Number(normalised), out),
    lossAndGradient: (x, { scale, bias, normalised }, loss, losses, out) =>
      kernels.lossAndGradient(
        head,
        x,
        scale,
        bias,
        Number(normalised),
        loss.labels,
        loss.targets,
        loss.classWeights,
        typeof loss.rowWeights === "number" ? null : loss.rowWeights,
        typeof loss.rowWeights === "number" ? loss.rowWeights : 1,
        loss.labelSmoothing,
        loss.sumOfClassWeights,
        marginArray(loss.margin),
        losses,
        out.features,
        out.scale,
        out.bias,
        out.weights,
        out.weightClasses ?? null,
      ),
    forwardAsync: (x, { scale, bias }, logits, signal) =>
      abortable(signal, (cancelled) => kernels.forwardAsync(head, x, scale, bias, logits, cancelled)),
  };
}

/** A margin as the addon reads it. */
const marginArray = (margin: Margin | null): Float64Array | null =>
  margin && Float64Array.of(margin.cosine, margin.cosOfAngle, margin.sinOfAngle, margin.beyond);
