/** A TensorFlow graph as TensorFlow.js keeps it in JSON: nodes by name, strings in base64. */

import { isObject, type JsonObject } from "../../containers/json.js";
import { Problem } from "../../problem.js";

export interface GraphNode {
  readonly name: string;
  readonly op: string;
  /** The nodes that it computes with, without those that it only waits for. */
  readonly inputs: readonly string[];
  readonly attributes: JsonObject;
}

export type Graph = ReadonlyMap<string, GraphNode>;

export function readGraph(path: string, topology: unknown): Graph {
  const nodes = isObject(topology) ? topology.node : undefined;
  if (!Array.isArray(nodes)) throw new Problem(`${path} has no graph of nodes in its modelTopology`);
  const graph = new Map<string, GraphNode>();
  for (const node of nodes) {
    if (!isObject(node) || typeof node.name !== "string" || typeof node.op !== "string")
      throw new Problem(`${path}: a node of its graph has no name and op`);
    const { name, op, input = [], attr = {} } = node;
    if (!Array.isArray(input) || !input.every((from) => typeof from === "string") || !isObject(attr))
      throw new Problem(`${path}: the node ${name} has inputs or attributes that are none`);
    if (graph.has(name)) throw new Problem(`${path} has the node ${name} twice`);
    const inputs = input.filter((from: string) => !from.startsWith("^")).map(nodeOf);
    graph.set(name, { name, op, inputs, attributes: attr });
  }
  return graph;
}

/** The node of `node:1`, its second output. */
export const nodeOf = (tensor: string): string => tensor.replace(/:\d+$/, "");

export function isSet({ attributes }: GraphNode, name: string): boolean {
  const value = attributes[name];
  return isObject(value) && value.b === true;
}

export function strings({ attributes }: GraphNode, name: string): string[] {
  const value = attributes[name];
  const list = isObject(value) && isObject(value.list) ? value.list.s : undefined;
  return Array.isArray(list) ? list.map((text) => Buffer.from(String(text), "base64").toString("utf8")) : [];
}

/** The nodes that a model gives: by its signature, or those that no other node needs. */
export function outputsOf(graph: Graph, model: JsonObject): string[] {
  const { userDefinedMetadata } = model;
  const signature =
    model.signature ?? (isObject(userDefinedMetadata) ? userDefinedMetadata.signature : undefined);
  if (isObject(signature) && isObject(signature.outputs)) {
    const names = Object.values(signature.outputs).map((output) =>
      isObject(output) ? output.name : undefined,
    );
    const known = names.filter((name): name is string => typeof name === "string").map(nodeOf);
    if (known.length > 0) return known;
  }
  const used = new Set([...graph.values()].flatMap(({ inputs }) => inputs));
  return [...graph.values()]
    .filter(({ name, op }) => !used.has(name) && !["Const", "Placeholder", "NoOp"].includes(op))
    .map(({ name }) => name);
}
