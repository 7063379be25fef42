import { affineStepOf } from "./affine-step.js";
import type { Constants } from "./constants.js";
import type { GraphIndex } from "./graph-index.js";
import { isStandard } from "./graph-index.js";
import type { NodeProto } from "./onnx_pb.js";
import type { Product } from "./products.js";
import { productOf } from "./products.js";
import { rankOf } from "./rank.js";
import { reasonAgainst } from "./refusals.js";

/** A node between the product and the logits: one that the head takes with it, or one that moves numbers and stays. */
export interface Step {
  readonly node: NodeProto;
  /** The input that carries the classes. */
  readonly input: string;
  readonly stays: boolean;
}

/** Something added to the product, multiplied by what follows it. */
export interface Bias {
  readonly name: string;
  readonly factor: number;
  /** The axis of the classes where it is added: the last, that of an image's channels, or one that operators in between have moved. */
  readonly axis: "last" | "channel" | "moved";
}

/** A product and what follows it up to the logits: logits = factor·(W·x) + Σ biases. */
export interface Affine {
  readonly product: Product;
  /** The value that holds the logits. */
  readonly logits: string;
  /** From the logits back to the product. */
  readonly steps: readonly Step[];
  readonly factor: number;
  readonly biases: readonly Bias[];
  /** Where the last classes are cut off after the product, the number that is left. */
  readonly kept: number | null;
}

/** Follows the logits, each class on its own or by an increasing function, or takes the best: the classes stay what they are. */
const TAIL = new Set([
  "Softmax",
  "LogSoftmax",
  "ArgMax",
  "TopK",
  "Sigmoid",
  "Exp",
  "Log",
  "Hardmax",
  "Dropout",
]);
const MOVING = new Set(["Identity", "Cast", "Reshape", "Flatten", "Squeeze", "Unsqueeze", "Transpose"]);
const RANK_KEEPING = new Set([
  "Softmax",
  "LogSoftmax",
  "Identity",
  "Cast",
  "Neg",
  "Slice",
  "Add",
  "Mul",
  "Div",
  "Transpose",
]);
/** Softmax written out takes its own largest entry or sum. */
const REDUCING = /^Reduce(Max|Sum|LogSumExp)$/;

/** Goes from a value back to the linear layer behind it. */
export function walkBack(
  from: string,
  index: GraphIndex,
  constants: Constants,
  functions: ReadonlySet<string>,
): Affine | { readonly reason: string } {
  let steps: Step[] = [];
  let factor = 1;
  let biases: Bias[] = [];
  let kept: number | null = null;
  let logits = from;
  let rank = index.shapeOf(from)?.length ?? null;
  const restart = (value: string): void => {
    steps = [];
    factor = 1;
    biases = [];
    kept = null;
    logits = value;
  };

  for (let value = from; ; ) {
    const node = index.producer(value);
    if (node === undefined) {
      return {
        reason: index.inputs.has(value)
          ? `"${value}" is an input of the model`
          : `"${value}" comes from no node`,
      };
    }
    const inner = steps.at(-1);
    if (inner !== undefined && isShared(value, inner.node, index)) restart(value);

    const product = productOf(node, index, constants);
    if (product !== null) {
      const own = product.bias;
      if (kept !== null && product.layout === "pixel")
        return { reason: reasonAgainst(node, index, functions) };
      const channel = product.layout === "pixel";
      const added = biases.map((bias) =>
        channel && bias.axis === "last" ? { ...bias, axis: "channel" as const } : bias,
      );
      return {
        product,
        logits,
        steps,
        factor: factor * product.factor,
        biases:
          own === null ? added : [...added, { name: own.name, factor: factor * own.factor, axis: "last" }],
        kept,
      };
    }
    rank = index.shapeOf(value)?.length ?? rank ?? rankOf(value, index);
    const affine = affineStepOf(node, rank, constants);
    if (affine !== null) {
      if (affine.bias !== null) biases.push({ name: affine.bias, factor, axis: "last" });
      factor *= affine.factor;
      if (affine.kept !== null) kept = Math.min(kept ?? affine.kept, affine.kept);
      steps.push({ node, input: affine.input, stays: false });
      value = affine.input;
    } else if (isStandard(node) && MOVING.has(node.opType) && !(kept !== null && node.opType === "Reshape")) {
      value = node.input[0];
      if (steps.length === 0) restart(value);
      else {
        steps.push({ node, input: value, stays: true });
        if (node.opType !== "Identity" && node.opType !== "Cast")
          biases = biases.map((bias) => ({ ...bias, axis: "moved" }));
      }
    } else if (isTail(node) || isOfItself(node, index)) {
      value = node.input[0];
      restart(value);
    } else return { reason: reasonAgainst(node, index, functions) };
    if (!RANK_KEEPING.has(node.opType)) rank = null;
  }
}

/** ZipMap only gives the classes their names. */
function isTail(node: NodeProto): boolean {
  return isStandard(node) ? TAIL.has(node.opType) : node.domain === "ai.onnx.ml" && node.opType === "ZipMap";
}

function isShared(value: string, by: NodeProto, index: GraphIndex): boolean {
  return index.outputs.has(value) || index.usersOf(value).some((node) => node !== by);
}

/** x − max(x), e / Σe. */
function isOfItself(node: NodeProto, index: GraphIndex): boolean {
  if (!isStandard(node) || (node.opType !== "Sub" && node.opType !== "Div") || node.input.length !== 2)
    return false;
  const reduced = index.producer(node.input[1]);
  return (
    reduced !== undefined &&
    isStandard(reduced) &&
    REDUCING.test(reduced.opType) &&
    reduced.input[0] === node.input[0]
  );
}
