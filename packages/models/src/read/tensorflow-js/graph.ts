/** The last layer of a graph model: what its output is computed from, back to a product with a constant. */

import type { JsonObject } from "../../containers/json.js";
import { Problem } from "../../problem.js";
import type { Candidate, Floats } from "../candidate.js";
import { type Graph, type GraphNode, isSet, outputsOf, readGraph, strings } from "./graph-def.js";
import { floatsOf, type Weights } from "./weights.js";

/** Behind the last layer these change neither the order of classes nor what is learned. */
const PASSED = new Set([
  "Identity",
  "IdentityN",
  "Softmax",
  "LogSoftmax",
  "Sigmoid",
  "ArgMax",
  "TopKV2",
  "Reshape",
  "Squeeze",
  "ExpandDims",
  "Cast",
  "StopGradient",
]);
const SUMS = new Set(["BiasAdd", "Add", "AddV2"]);
const PRODUCTS = new Set(["MatMul", "_FusedMatMul", "Conv2D", "_FusedConv2D", "FusedConv2D"]);

export function lastOfGraph(path: string, model: JsonObject, weights: Weights, wanted?: string): Candidate {
  const graph = readGraph(path, model.modelTopology);
  const finder = new Finder(path, graph, weights);
  if (wanted !== undefined) return finder.named(wanted);
  const outputs = outputsOf(graph, model);
  const found = new Map(outputs.map((output) => finder.behind(output)).map((layer) => [layer.name, layer]));
  if (found.size === 1) return [...found.values()][0];
  throw new Problem(
    found.size === 0
      ? `${path} has no output`
      : `${path} has several last layers: ${[...found.keys()].join(", ")}. Say which, by the option weights: "${[...found.keys()][0]}"`,
  );
}

class Finder {
  constructor(
    readonly path: string,
    readonly graph: Graph,
    readonly weights: Weights,
  ) {}

  /** By the product's name, or that of its weights, with the bias behind it. */
  named(wanted: string): Candidate {
    const products = [...this.graph.values()].filter(({ op }) => PRODUCTS.has(op));
    const product = products.find(({ name, inputs }) => name === wanted || inputs[1] === wanted);
    if (product === undefined) {
      const names = products.slice(-8).map(({ name }) => name);
      throw new Problem(
        `${this.path} has no product "${wanted}"; its last ones are ${names.join(", ") || "none"}`,
      );
    }
    const sum = [...this.graph.values()].find(
      ({ op, inputs }) => SUMS.has(op) && inputs.includes(product.name),
    );
    return this.layer(product, sum === undefined ? null : this.#biasOf(sum, product.name));
  }

  /** Back from a node to the product that it comes from. */
  behind(output: string): Candidate {
    const seen = new Set<string>();
    for (let node = this.#node(output); ; ) {
      if (seen.has(node.name))
        throw new Problem(`${this.path}: the nodes go round in a circle at ${node.name}`);
      seen.add(node.name);
      if (PRODUCTS.has(node.op)) return this.layer(node, null);
      if (SUMS.has(node.op)) {
        const product = node.inputs
          .map((name) => this.graph.get(name))
          .find((input) => input !== undefined && PRODUCTS.has(input.op));
        if (product === undefined) return this.#refuse(node);
        return this.layer(product, this.#biasOf(node, product.name));
      }
      if (!PASSED.has(node.op) || node.inputs.length === 0) return this.#refuse(node);
      node = this.#node(node.inputs[0]);
    }
  }

  layer(product: GraphNode, added: Floats | null): Candidate {
    const { name, op, inputs } = product;
    const fail = (reason: string): never => {
      throw new Problem(`${this.path}: the last layer ${name}, a ${op}, ${reason}`);
    };
    const fused = strings(product, "fused_ops");
    if (isSet(product, "transpose_a")) fail("turns its features, which is no layer of rows");
    if (fused.length > 1 || (fused.length === 1 && fused[0] !== "BiasAdd"))
      fail(`does ${fused.join(" and ")} in one, so what it gives are no logits`);
    const kernel = this.#constant(inputs[1]) ?? fail(`has no constant weights, but the node ${inputs[1]}`);
    const bias =
      fused.length === 1
        ? (this.#constant(inputs[2]) ?? fail(`has no constant bias, but the node ${inputs[2]}`))
        : added;
    const isConvolution = op.includes("Conv2D");
    const spatial = isConvolution ? 2 : 0;
    if (kernel.shape.length !== spatial + 2 || kernel.shape.slice(0, spatial).some((size) => size !== 1))
      fail(`has weights of the shape [${kernel.shape.join(", ")}], which is no layer of one pixel`);
    const classesFirst = isSet(product, "transpose_b");
    const [rows, columns] = kernel.shape.slice(spatial);
    const [classes, features] = classesFirst ? [rows, columns] : [columns, rows];
    if (bias !== null && bias.shape.reduce((count, size) => count * size, 1) !== classes)
      fail(`has ${classes} classes and a bias of the shape [${bias.shape.join(", ")}]`);
    return { name, classes, features, weights: kernel, classesFirst, bias };
  }

  #biasOf(sum: GraphNode, product: string): Floats {
    const other = sum.inputs.find((name) => name !== product) ?? product;
    const bias = this.#constant(other);
    if (bias !== null) return bias;
    throw new Problem(`${this.path}: ${sum.name} adds ${other}, which is no constant bias`);
  }

  /** A weight of the manifest, under its own name or that of a node that only passes it on. */
  #constant(name: string | undefined): Floats | null {
    for (let at = name, steps = 0; at !== undefined && steps < 8; steps++) {
      const weight = this.weights.get(at);
      if (weight !== undefined) return floatsOf(this.path, weight);
      const node = this.graph.get(at);
      at = node?.op === "Identity" ? node.inputs[0] : undefined;
    }
    return null;
  }

  #node(name: string): GraphNode {
    const node = this.graph.get(name);
    if (node !== undefined) return node;
    throw new Problem(`${this.path}: the graph has no node ${name}, which its output needs`);
  }

  #refuse({ name, op }: GraphNode): never {
    throw new Problem(
      `${this.path}: its output comes from ${name}, a ${op}, not from a product with weights. Say which product is the last by the option weights`,
    );
  }
}
