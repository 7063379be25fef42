import type { FixedClassifier } from "fixed-classifier";
import type { HeadGraph } from "../../onnx/index.js";
import { TensorProto_DataType } from "../../onnx/index.js";
import { Problem } from "../../problem.js";
import { firstBadBias, firstNotFinite } from "../../tensors/index.js";
import { GraphBuilder } from "./builder.js";
import { hadamardNodes } from "./hadamard.js";
import { productVectors } from "./product.js";
import { rotationNodes } from "./rotation.js";

/** As the core, and the authors' code, keep the norm from 0. */
const EPSILON = 1e-8;
/** The newest whose operators were looked through; all that is used here is in each of them. */
export const OPSETS = { oldest: 9, newest: 26 } as const;

export interface HeadGraphOptions {
  /** Version of the operators, 9 … 26; default: 13. */
  readonly opset?: number;
  /** Name of the value with the features, rows × features; default: "features". */
  readonly input?: string;
  /** Name of the value with the logits, rows × classes; default: "logits". */
  readonly output?: string;
  /** Type of features and logits; between them all is float32, since a norm in float16 overflows. Default: "float32". */
  readonly type?: "float32" | "float16";
}

/**
 * A head in standard ONNX operators, for any runtime: a Hadamard matrix as the product of its Kronecker factors, so that there is no dense
 * matrix in the file or in memory. Of a product code the file has the rows, and the runtime makes the matrix of them when it loads the model.
 */
export function headGraph(head: FixedClassifier, options: HeadGraphOptions = {}): HeadGraph {
  const { input, output, opset, type } = checked(options);
  checkParameters(head);
  const g = new GraphBuilder(opset, [input, output]);
  const { FLOAT, FLOAT16 } = TensorProto_DataType;
  if (type === "float32") logits(g, head, input);
  else
    g.node("Cast", [logits(g, head, g.node("Cast", [input], { to: BigInt(FLOAT) }))], {
      to: BigInt(FLOAT16),
    });
  g.output(output);
  return { input, output, nodes: g.nodes, initializers: g.initializers, minOpset: OPSETS.oldest };
}

function logits(g: GraphBuilder, head: FixedClassifier, features: string): string {
  const { table } = head.code;
  const { bias, classes } = head;
  if (table.kind === "hadamard") {
    const cosines = hadamardNodes(g, scaledRows(g, features, head.scale * table.unit), table);
    return bias === null ? cosines : g.node("Add", [cosines, g.floats("bias", [classes], bias)]);
  }
  if (table.kind === "product") {
    const scale = head.scale * table.unit;
    const rows = table.normalised ? scaledRows(g, features, scale) : scaledBy(g, features, scale);
    const turned = table.rotation === null ? rows : rotationNodes(g, rows, table.rotation);
    return gemm(g, turned, productVectors(g, head, table), head);
  }
  const rows = table.normalised ? scaledRows(g, features, head.scale) : features;
  return gemm(g, rows, g.floats("weights", [classes, head.features], table.weights), head);
}

/** x · scale / (‖x‖ + ε): the scale goes in where there are the fewest numbers. */
function scaledRows(g: GraphBuilder, x: string, scale: number): string {
  const norm = g.node("Add", [g.norm(x), g.floats("epsilon", [], [EPSILON])]);
  return g.node("Mul", [x, g.node("Div", [g.floats("scale", [], [scale]), norm])]);
}

function scaledBy(g: GraphBuilder, x: string, scale: number): string {
  return scale === 1 ? x : g.node("Mul", [x, g.floats("scale", [], [scale])]);
}

/** x · Wᵀ + b; older versions of Gemm want a bias. */
function gemm(g: GraphBuilder, x: string, weights: string, { bias, classes }: FixedClassifier): string {
  const b = g.floats("bias", [classes], bias ?? new Float32Array(classes));
  return g.node("Gemm", [x, weights, b], { transB: 1n });
}

function checked(options: HeadGraphOptions): Required<HeadGraphOptions> {
  const { opset = 13, input = "features", output = "logits", type = "float32" } = options;
  if (!Number.isInteger(opset) || opset < OPSETS.oldest || opset > OPSETS.newest) {
    throw new Problem(
      `opset ${opset} is none that a head is written for: give ${OPSETS.oldest} to ${OPSETS.newest}, or let ONNX's version ` +
        "converter bring the model to one of these",
    );
  }
  if (type !== "float32" && type !== "float16")
    throw new Problem(`features of type ${type} are none that a head takes: give float32 or float16`);
  if (input === "" || output === "" || input === output)
    throw new Problem(`input "${input}" and output "${output}" need different names`);
  return { opset, input, output, type };
}

/** A file with NaN would only be found out where it runs. */
function checkParameters({ scale, bias, weights }: FixedClassifier): void {
  if (!Number.isFinite(scale))
    throw new Problem(`the head's scale is ${scale}: its training diverged; take an earlier checkpoint`);
  const b = bias === null ? -1 : firstBadBias(bias);
  if (b >= 0) throw new Problem(`the head's bias of class ${b} is ${bias?.[b]}; take an earlier checkpoint`);
  const w = weights === null ? -1 : firstNotFinite(weights);
  if (w >= 0)
    throw new Problem(`the head's weights have ${weights?.[w]} at ${w}; take an earlier checkpoint`);
}
