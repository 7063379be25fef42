/** A network as an ONNX graph that is written node by node, with its gradient. */
import type { ElementType } from "./engine.js";

export type Shape = readonly number[];
export type Attributes = Readonly<Record<string, number | readonly number[]>>;

export interface Node {
  readonly opType: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: Attributes;
}

export interface Constant {
  readonly name: string;
  readonly data: readonly number[];
  readonly shape: Shape;
  readonly type: "float32" | "int64";
}

/** What an operation adds to the gradients of its inputs, from the gradient of its output; null: it has none. */
type Pullback = (gradient: Tensor) => readonly (Tensor | null)[];

/** A value of a graph: it has a name there, a shape, and a buffer where a program is given or gives it. */
export class Tensor {
  constructor(
    readonly graph: Graph,
    readonly name: string,
    readonly shape: Shape,
    readonly type: ElementType,
  ) {}

  get size(): number {
    return this.shape.reduce((product, size) => product * size, 1);
  }
}

export class Graph {
  readonly nodes: Node[] = [];
  readonly constants: Constant[] = [];
  readonly tensors = new Map<string, Tensor>();
  readonly #tape: { output: Tensor; inputs: readonly Tensor[]; pullback: Pullback }[] = [];

  input(name: string, shape: Shape, type: ElementType = "float32"): Tensor {
    return this.#tensor(name, shape, type);
  }

  /** Of equal constants there is one. */
  constant(data: number | readonly number[], type: "float32" | "int64" = "float32"): Tensor {
    const shape = typeof data === "number" ? [] : [data.length];
    const name = `${type} ${typeof data === "number" ? data : `[${data}]`}`;
    const found = this.tensors.get(name);
    if (found !== undefined) return found;
    this.constants.push({ name, data: [data].flat(), shape, type });
    return this.#tensor(name, shape, type);
  }

  /** Adds a node, which has no gradient by itself. `shape` and `type` are those of its result. */
  node(
    opType: string,
    inputs: readonly Tensor[],
    shape: Shape,
    attributes: Attributes = {},
    type: ElementType = "float32",
  ): Tensor {
    return this.nodeOf(opType, inputs, [{ shape, type }], attributes)[0];
  }

  /** The same with several results. */
  nodeOf(
    opType: string,
    inputs: readonly Tensor[],
    results: readonly { shape: Shape; type?: ElementType }[],
    attributes: Attributes = {},
  ): Tensor[] {
    const outputs = results.map(({ shape, type = "float32" }, k) =>
      this.#tensor(`${opType}${this.nodes.length}.${k}`, shape, type),
    );
    const names = (tensors: readonly Tensor[]) => tensors.map(({ name }) => name);
    this.nodes.push({ opType, inputs: names(inputs), outputs: names(outputs), attributes });
    return outputs;
  }

  /** Notes how the gradient of `output` comes to `inputs`. */
  differentiable(output: Tensor, inputs: readonly Tensor[], pullback: Pullback): Tensor {
    this.#tape.push({ output, inputs, pullback });
    return output;
  }

  /**
   * Adds the nodes that compute the gradient of Σ seed · output: one result for each of the `wanted`. What none of them needs is left out
   * by the program.
   * @param seed of the shape of output
   */
  gradients(output: Tensor, seed: Tensor, wanted: readonly Tensor[]): Tensor[] {
    const gradients = new Map([[output, seed]]);
    for (const { output: result, inputs, pullback } of this.#tape.toReversed()) {
      const gradient = gradients.get(result);
      if (gradient === undefined) continue;
      pullback(gradient).forEach((term, k) => {
        if (term === null) return;
        const sum = gradients.get(inputs[k]);
        gradients.set(inputs[k], sum === undefined ? term : this.node("Add", [sum, term], term.shape));
      });
    }
    return wanted.map((tensor) => {
      const gradient = gradients.get(tensor);
      if (gradient === undefined) throw new Error(`${tensor.name} has no gradient`);
      return gradient;
    });
  }

  tensor(name: string): Tensor {
    const tensor = this.tensors.get(name);
    if (tensor === undefined) throw new Error(`the graph has no tensor named ${name}`);
    return tensor;
  }

  #tensor(name: string, shape: Shape, type: ElementType): Tensor {
    if (this.tensors.has(name)) throw new Error(`the graph has two tensors named ${name}`);
    const tensor = new Tensor(this, name, shape, type);
    this.tensors.set(name, tensor);
    return tensor;
  }
}
