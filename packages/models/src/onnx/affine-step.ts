import { intsOf } from "./attributes.js";
import type { Constants } from "./constants.js";
import { isStandard } from "./graph-index.js";
import type { NodeProto } from "./onnx_pb.js";

/** What exporters write for the end of an axis, whatever its length. */
const WHOLE = 2 ** 31 - 1;

/** What one node does to the logits. */
export interface AffineStep {
  readonly input: string;
  readonly factor: number;
  readonly bias: string | null;
  readonly kept: number | null;
}

/** A bias added, a factor, or the last classes cut off. */
export function affineStepOf(node: NodeProto, rank: number | null, constants: Constants): AffineStep | null {
  if (!isStandard(node)) return null;
  const [left = "", right = ""] = node.input;
  const nothing = { factor: 1, bias: null, kept: null };
  if (node.opType === "Neg") return { ...nothing, input: left, factor: -1 };
  if (node.opType === "Slice") return keptOf(node, rank, constants);
  if (node.input.length !== 2 || constants.has(left) === constants.has(right)) return null;
  const [input, constant] = constants.has(left) ? [right, left] : [left, right];
  if (node.opType === "Add" || node.opType === "Sum") return { ...nothing, input, bias: constant };
  if (node.opType !== "Mul" && !(node.opType === "Div" && constant === right)) return null;
  const factor = constants.scalar(constant);
  if (factor === null || factor === 0) return null;
  return { ...nothing, input, factor: node.opType === "Mul" ? factor : 1 / factor };
}

/** Slice of the last axis from its start, or of a whole axis, which changes nothing. */
function keptOf(node: NodeProto, rank: number | null, constants: Constants): AffineStep | null {
  const list = (at: number, name: string) =>
    node.input[at] ? constants.integers(node.input[at]) : intsOf(node, name);
  const [starts, ends, axes] = [list(1, "starts"), list(2, "ends"), list(3, "axes")];
  const steps = list(4, "steps") ?? [1];
  if (starts === null || ends === null || axes === null) return null;
  if (starts.length !== 1 || starts[0] !== 0 || steps[0] !== 1 || ends[0] <= 0 || axes.length !== 1)
    return null;
  const step = { input: node.input[0], factor: 1, bias: null };
  if (ends[0] >= WHOLE) return { ...step, kept: null };
  return axes[0] === -1 || (rank !== null && axes[0] === rank - 1) ? { ...step, kept: ends[0] } : null;
}
