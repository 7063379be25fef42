import { Problem } from "../problem.js";
import type { GraphProto, NodeProto, TensorProto, TypeProto_Tensor } from "./onnx_pb.js";

/** Who makes a value and who uses it: what a list of nodes does not say. */
export class GraphIndex {
  readonly graph: GraphProto;
  readonly initializers: ReadonlyMap<string, TensorProto>;
  readonly inputs: ReadonlySet<string>;
  readonly outputs: ReadonlySet<string>;
  private readonly producers = new Map<string, NodeProto>();
  private readonly users = new Map<string, NodeProto[]>();
  private readonly types = new Map<string, TypeProto_Tensor>();

  constructor(graph: GraphProto, path: string) {
    this.graph = graph;
    this.initializers = new Map(graph.initializer.map((tensor) => [tensor.name, tensor]));
    this.inputs = new Set(graph.input.map(({ name }) => name));
    this.outputs = new Set(graph.output.map(({ name }) => name));
    for (const { name, type } of [...graph.valueInfo, ...graph.input, ...graph.output]) {
      if (type?.value.case === "tensorType") this.types.set(name, type.value.value);
    }
    for (const node of graph.node) {
      for (const name of node.output) {
        if (name === "") continue;
        if (this.producers.has(name))
          throw new Problem(
            `${path}: two nodes make the value "${name}", the second is ${labelOf(node)}; export the model again`,
          );
        this.producers.set(name, node);
      }
      for (const name of usesOf(node)) {
        const users = this.users.get(name);
        if (users === undefined) this.users.set(name, [node]);
        else users.push(node);
      }
    }
    this.refuseCircles(path);
  }

  /** The node that makes a value; undefined for inputs, initializers, and what is nowhere. */
  producer(name: string): NodeProto | undefined {
    return this.producers.get(name);
  }

  /** Nodes that use a value, also inside the bodies of their If, Loop and Scan. */
  usersOf(name: string): readonly NodeProto[] {
    return this.users.get(name) ?? [];
  }

  /** What the file says of a value's type and shape, if anything. */
  typeOf(name: string): TypeProto_Tensor | undefined {
    return this.types.get(name);
  }

  /** Sizes of a value's axes as the file declares them: −1 for one that may be any; null where it says nothing. */
  shapeOf(name: string): number[] | null {
    const shape = this.types.get(name)?.shape;
    if (shape === undefined) return null;
    return shape.dim.map(({ value }) => (value.case === "dimValue" ? Number(value.value) : -1));
  }

  /** Whether a name stands for anything in the graph. */
  knows(name: string): boolean {
    return (
      this.producers.has(name) || this.initializers.has(name) || this.inputs.has(name) || this.users.has(name)
    );
  }

  /** The nodes that are needed for some values. */
  needed(names: Iterable<string>): Set<NodeProto> {
    const needed = new Set<NodeProto>();
    const open = [...names];
    for (let name = open.pop(); name !== undefined; name = open.pop()) {
      const node = this.producers.get(name);
      if (node === undefined || needed.has(node)) continue;
      needed.add(node);
      for (const used of usesOf(node)) open.push(used);
    }
    return needed;
  }

  /** Nodes that wait for each other would let every walk go on for ever. */
  private refuseCircles(path: string): void {
    const waitsFor = new Map<NodeProto, number>();
    const ready: NodeProto[] = [];
    for (const node of this.graph.node) {
      const open = usesOf(node).filter((name) => this.producers.has(name)).length;
      if (open === 0) ready.push(node);
      else waitsFor.set(node, open);
    }
    for (let node = ready.pop(); node !== undefined; node = ready.pop()) {
      for (const name of new Set(node.output)) {
        for (const user of this.users.get(name) ?? []) {
          const left = (waitsFor.get(user) ?? 0) - 1;
          if (left > 0) waitsFor.set(user, left);
          else if (waitsFor.delete(user)) ready.push(user);
        }
      }
    }
    const [stuck] = waitsFor.keys();
    if (stuck !== undefined)
      throw new Problem(`${path}: ${labelOf(stuck)} waits for its own output; export the model again`);
  }
}

/** How messages name a node: by its operator and its name, or by what it makes. */
export function labelOf(node: NodeProto): string {
  const domain = node.domain === "" || node.domain === "ai.onnx" ? "" : `${node.domain}.`;
  return node.name === ""
    ? `the ${domain}${node.opType} node that makes "${node.output[0] ?? ""}"`
    : `node "${node.name}" (${domain}${node.opType})`;
}

export function isStandard(node: NodeProto): boolean {
  return node.domain === "" || node.domain === "ai.onnx";
}

/** Values that a node takes, each once, with those that graphs inside it take from outside. */
export function usesOf(node: NodeProto): string[] {
  const { input, attribute: attributes } = node;
  if (input.length < 8 && !attributes.some(({ g, graphs }) => g !== undefined || graphs.length > 0)) {
    return input.filter((name, i) => name !== "" && input.indexOf(name) === i);
  }
  const names = new Set(input);
  for (const attribute of attributes) {
    const graphs = attribute.g === undefined ? attribute.graphs : [attribute.g, ...attribute.graphs];
    for (const graph of graphs) for (const name of namesIn(graph)) names.add(name);
  }
  names.delete("");
  return [...names];
}

function namesIn(graph: GraphProto): Set<string> {
  const names = new Set(graph.output.map(({ name }) => name));
  for (const node of graph.node) for (const name of usesOf(node)) names.add(name);
  const local = [...graph.input, ...graph.initializer, ...graph.node.flatMap(({ output }) => output)];
  for (const made of local) names.delete(typeof made === "string" ? made : made.name);
  return names;
}
