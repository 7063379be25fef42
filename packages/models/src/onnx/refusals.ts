import type { GraphIndex } from "./graph-index.js";
import { isStandard, labelOf } from "./graph-index.js";
import type { NodeProto } from "./onnx_pb.js";

const QUANTISED = new Set([
  "QLinearMatMul",
  "QLinearConv",
  "QLinearAdd",
  "QGemm",
  "MatMulInteger",
  "MatMulIntegerToFloat",
  "ConvInteger",
  "DynamicQuantizeMatMul",
  "MatMulNBits",
  "MatMulBnb4",
  "MatMulFpQ4",
  "GemmFloat8",
  "DequantizeLinear",
  "QuantizeLinear",
  "DynamicQuantizeLinear",
]);
const BODIES = new Set(["If", "Loop", "Scan", "SequenceMap"]);

/** How far above an operator that joins two values a quantised product is looked for: its result is cast and scaled first. */
const LOOK_BACK = 4;

/** Why a node is no part of a classifier that can be read, and what to do. */
export function reasonAgainst(node: NodeProto, index: GraphIndex, functions: ReadonlySet<string>): string {
  const label = labelOf(node);
  const quantised = quantisedAbove(node, index, LOOK_BACK);
  if (quantised !== null)
    return `${labelOf(quantised)} is quantised; give the model as it was before quantisation`;
  if (BODIES.has(node.opType) && isStandard(node))
    return `${label} hides the classifier in its body; export the model without control flow (by tracing)`;
  if (functions.has(functionKey(node.domain, node.opType)))
    return `${label} hides the classifier in a function of the model; inline functions first (onnx.inliner)`;
  if (node.domain === "ai.onnx.ml")
    return `${label} keeps its weights in attributes, for numbers of another kind; save coef_ and intercept_ as .npy and give these`;
  if (!isStandard(node))
    return `${label} is an operator of one runtime only; export the model without that runtime's optimisations`;
  if (["MatMul", "Gemm", "Einsum"].includes(node.opType))
    return `the weights of ${label} are computed while the model runs, or stand on the left; let the exporter fold constants`;
  if (node.opType === "Conv")
    return `${label} looks at more than one pixel, or its input is not known to be one pixel; pool before it`;
  return `${label} is no part of a linear classifier`;
}

export function functionKey(domain: string, name: string): string {
  return `${domain} ${name}`;
}

function quantisedAbove(node: NodeProto, index: GraphIndex, steps: number): NodeProto | null {
  if (QUANTISED.has(node.opType)) return node;
  if (steps === 0 || !["Mul", "Cast", "Add", "Reshape", "MatMul", "Gemm", "Conv"].includes(node.opType))
    return null;
  for (const name of node.input) {
    const producer = index.producer(name);
    const found = producer === undefined ? null : quantisedAbove(producer, index, steps - 1);
    if (found !== null) return found;
  }
  return null;
}
