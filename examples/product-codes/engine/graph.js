// A network as an ONNX graph that is written node by node, with its gradient.

/** @typedef {"float32" | "int64" | "bool"} ElementType */
/** @typedef {Record<string, number | number[]>} Attributes */
/**
 * @typedef {object} Node
 * @property {string} opType
 * @property {string[]} inputs
 * @property {string[]} outputs
 * @property {Attributes} attributes
 */
/** @typedef {{ name: string, data: number[], shape: number[], type: "float32" | "int64" }} Constant */
/**
 * What an operation adds to the gradients of its inputs, from the gradient of its output; null: it has none.
 * @typedef {{ output: Tensor, inputs: Tensor[], pullback: (gradient: Tensor) => (Tensor | null)[] }} Step
 */

/** A value of a graph: it has a name there, a shape, and a buffer where a program is given or gives it. */
export class Tensor {
  /**
   * @param {Graph} graph
   * @param {string} name
   * @param {number[]} shape
   * @param {ElementType} type
   */
  constructor(graph, name, shape, type) {
    this.graph = graph;
    this.name = name;
    this.shape = shape;
    this.type = type;
  }

  get size() {
    return this.shape.reduce((product, size) => product * size, 1);
  }
}

export class Graph {
  /** @type {Node[]} */
  nodes = [];
  /** @type {Constant[]} */
  constants = [];
  /** @type {Map<string, Tensor>} */
  tensors = new Map();
  /** @type {Step[]} */
  #tape = [];

  /**
   * @param {string} name
   * @param {number[]} shape
   * @param {ElementType} type
   */
  input(name, shape, type = "float32") {
    return this.#tensor(name, shape, type);
  }

  /**
   * @param {number | number[]} data
   * @param {"float32" | "int64"} type
   */
  constant(data, type = "float32") {
    const shape = Array.isArray(data) ? [data.length] : [];
    const name = `constant${this.constants.length}`;
    this.constants.push({ name, data: [data].flat(), shape, type });
    return this.#tensor(name, shape, type);
  }

  /**
   * Adds a node, which has no gradient by itself.
   * @param {string} opType
   * @param {Tensor[]} inputs
   * @param {number[]} shape of its result
   * @param {Attributes} attributes
   * @param {ElementType} type of its result
   */
  node(opType, inputs, shape, attributes = {}, type = "float32") {
    return this.nodeOf(opType, inputs, [{ shape, type }], attributes)[0];
  }

  /**
   * The same with several results.
   * @param {string} opType
   * @param {Tensor[]} inputs
   * @param {{ shape: number[], type?: ElementType }[]} results
   * @param {Attributes} attributes
   */
  nodeOf(opType, inputs, results, attributes = {}) {
    const outputs = results.map(({ shape, type = "float32" }, k) =>
      this.#tensor(`${opType}${this.nodes.length}.${k}`, shape, type),
    );
    const names = (/** @type {Tensor[]} */ tensors) => tensors.map(({ name }) => name);
    this.nodes.push({ opType, inputs: names(inputs), outputs: names(outputs), attributes });
    return outputs;
  }

  /**
   * Notes how the gradient of `output` comes to `inputs`.
   * @param {Tensor} output
   * @param {Tensor[]} inputs
   * @param {Step["pullback"]} pullback
   */
  differentiable(output, inputs, pullback) {
    this.#tape.push({ output, inputs, pullback });
    return output;
  }

  /**
   * Adds the nodes that compute the gradient of Σ seed · output: one result for each of the `wanted`.
   * @param {Tensor} output
   * @param {Tensor} seed of the shape of output
   * @param {Tensor[]} wanted
   */
  gradients(output, seed, wanted) {
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

  /**
   * @param {string} name
   * @param {number[]} shape
   * @param {ElementType} type
   */
  #tensor(name, shape, type) {
    if (this.tensors.has(name)) throw new Error(`the graph has two tensors named ${name}`);
    const tensor = new Tensor(this, name, shape, type);
    this.tensors.set(name, tensor);
    return tensor;
  }
}
