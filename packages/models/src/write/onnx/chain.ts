import { clone } from "@bufbuild/protobuf";
import type { FixedClassifier } from "fixed-classifier";
import type { HeadGraph } from "../../onnx/index.js";
import { NodeProtoSchema, TensorProtoSchema } from "../../onnx/index.js";
import { Problem } from "../../problem.js";
import { type HeadGraphOptions, headGraph } from "./head.js";

const PREFIX = "adapter/";

/** A linear layer, kept as a head "learned", and the head behind it, as one piece of a graph. */
export function chainGraph(
  adapter: FixedClassifier,
  head: FixedClassifier,
  options: HeadGraphOptions = {},
): HeadGraph {
  if (adapter.classes !== head.features) {
    throw new Problem(
      `the adapter makes ${adapter.classes} numbers of a row, and the head takes ${head.features}: give the two that were written together`,
    );
  }
  const { input = "features" } = options;
  const before = headGraph(adapter, { ...options, output: "adapted" });
  const between = `${PREFIX}adapted`;
  const after = headGraph(head, { ...options, input: between });
  const named = (name: string): string => (name === input || name === "" ? name : `${PREFIX}${name}`);
  const nodes = before.nodes.map((node) => {
    const copy = clone(NodeProtoSchema, node);
    copy.name = named(node.name);
    copy.input = node.input.map(named);
    copy.output = node.output.map(named);
    return copy;
  });
  const initializers = before.initializers.map((tensor) => {
    const copy = clone(TensorProtoSchema, tensor);
    copy.name = named(tensor.name);
    return copy;
  });
  return {
    ...after,
    input,
    nodes: [...nodes, ...after.nodes],
    initializers: [...initializers, ...after.initializers],
    minOpset: Math.max(before.minOpset, after.minOpset),
  };
}
