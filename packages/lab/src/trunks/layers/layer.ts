/** Layers, which networks are stacked of. */
import type { Graph, Tensor } from "../../engine/graph.js";
import type { Parameter, Variable } from "../../training/parameter.js";

export interface Layer {
  readonly parameters: readonly Parameter[];
  readonly variables: readonly Variable[];
  /** As it is while it learns. What it has to note of each batch it says by `watch`. */
  training(x: Tensor, watch: Watch): Tensor;
  /** As it is when it is used. */
  evaluation(x: Tensor): Tensor;
}

/** Asks for values of the forward pass, and is given them after each. */
export type Watch = (
  tensors: readonly Tensor[],
  afterForward: (...values: readonly Float32Array[]) => void,
) => void;

/** The tensor of a parameter or variable in a graph: an input of its name. */
export function inputOf(graph: Graph, { name, shape }: { name: string; shape: readonly number[] }): Tensor {
  return graph.tensors.get(name) ?? graph.input(name, shape);
}

/** A layer that only computes. */
export const plain = (compute: (x: Tensor) => Tensor): Layer => ({
  parameters: [],
  variables: [],
  training: compute,
  evaluation: compute,
});
