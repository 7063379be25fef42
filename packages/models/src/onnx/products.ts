import { floatOf, has, intOf, intsOf } from "./attributes.js";
import type { Constants } from "./constants.js";
import type { GraphIndex } from "./graph-index.js";
import { isStandard } from "./graph-index.js";
import type { NodeProto } from "./onnx_pb.js";

/** How the features lie in the value that a product takes: along the last axis, along the first, or as channels of a single pixel. */
export type Layout = "rows" | "columns" | "pixel";

/** A product with constant weights, as its operator has it. */
export interface Product {
  readonly node: NodeProto;
  readonly input: string;
  readonly layout: Layout;
  readonly weights: string;
  /** Whether the weights lie as classes × features. */
  readonly classesFirst: boolean;
  readonly factor: number;
  readonly bias: { readonly name: string; readonly factor: number } | null;
}

/** Reads Gemm, MatMul and 1×1 Conv; null for any other node, or where the second operand is not constant. */
export function productOf(node: NodeProto, index: GraphIndex, constants: Constants): Product | null {
  if (!isStandard(node)) return null;
  const [input = "", weights = "", bias = ""] = node.input;
  if (!constants.has(weights) || constants.has(input)) return null;
  const plain = { node, input, weights, factor: 1, bias: null };
  if (node.opType === "MatMul") return { ...plain, layout: "rows", classesFirst: false };
  if (node.opType === "Gemm") {
    if (bias !== "" && !constants.has(bias)) return null;
    return {
      ...plain,
      layout: intOf(node, "transA", 0) === 0 ? "rows" : "columns",
      classesFirst: intOf(node, "transB", 0) !== 0,
      factor: floatOf(node, "alpha", 1),
      bias: bias === "" ? null : { name: bias, factor: floatOf(node, "beta", 1) },
    };
  }
  if (node.opType !== "Conv" || (bias !== "" && !constants.has(bias))) return null;
  const onePixel =
    intOf(node, "group", 1) === 1 &&
    !(intsOf(node, "kernel_shape") ?? []).some((size) => size !== 1) &&
    !(intsOf(node, "pads") ?? []).some((size) => size !== 0) &&
    !has(node, "output_padding") &&
    isOnePixel(input, index, constants);
  if (!onePixel) return null;
  return {
    ...plain,
    layout: "pixel",
    classesFirst: true,
    bias: bias === "" ? null : { name: bias, factor: 1 },
  };
}

const KEEPING = new Set([
  "Identity",
  "Dropout",
  "Cast",
  "Relu",
  "Clip",
  "HardSwish",
  "Sigmoid",
  "Tanh",
  "LeakyRelu",
  "BatchNormalization",
  "Conv",
]);
const POOLING = new Set(["GlobalAveragePool", "GlobalMaxPool", "GlobalLpPool"]);

/** Whether an image is known to have a single pixel: declared so, pooled, or shaped so. */
function isOnePixel(name: string, index: GraphIndex, constants: Constants, steps = 16): boolean {
  const shape = index.shapeOf(name);
  if (shape !== null && shape.length > 2 && shape.slice(2).every((size) => size >= 0))
    return shape.slice(2).every((size) => size === 1);
  const node = index.producer(name);
  if (node === undefined || steps === 0 || !isStandard(node)) return false;
  if (POOLING.has(node.opType)) return true;
  if (node.opType === "ReduceMean" || node.opType === "ReduceMax") {
    const axes = (node.input[1] ? constants.integers(node.input[1]) : intsOf(node, "axes")) ?? [];
    return (
      intOf(node, "keepdims", 1) === 1 && axes.length >= 2 && !axes.some((axis) => axis === 0 || axis === 1)
    );
  }
  if (node.opType === "Reshape") {
    const to = node.input[1] ? constants.integers(node.input[1]) : null;
    return to !== null && to.length > 2 && to.slice(2).every((size) => size === 1);
  }
  if (node.opType === "Unsqueeze") {
    const axes = (node.input[1] ? constants.integers(node.input[1]) : intsOf(node, "axes")) ?? [];
    return (axes.includes(2) && axes.includes(3)) || (axes.includes(-1) && axes.includes(-2));
  }
  if (node.opType === "Mul" || node.opType === "Add")
    return node.input.every(
      (input) => constants.has(input) || isOnePixel(input, index, constants, steps - 1),
    );
  if (node.opType === "Conv" && (intsOf(node, "pads") ?? []).some((size) => size !== 0)) return false;
  return KEEPING.has(node.opType) && isOnePixel(node.input[0], index, constants, steps - 1);
}
