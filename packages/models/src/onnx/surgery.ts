import { clone, create } from "@bufbuild/protobuf";
import { GraphIndex, usesOf } from "./graph-index.js";
import type { GraphProto, ModelProto, NodeProto, TensorProto, ValueInfoProto } from "./onnx_pb.js";
import { NodeProtoSchema, ValueInfoProtoSchema } from "./onnx_pb.js";

/** Before this version of the format every initializer has to be an input too. */
const FIRST_WITHOUT_INPUTS = 4n;

/** What replaces what in a graph. */
export interface Change {
  /** New nodes, in order; they stand where `before` stood, or at the end. */
  readonly nodes: readonly NodeProto[];
  readonly before: NodeProto | null;
  readonly initializers: readonly TensorProto[];
  /** Nodes that give way to changed copies of themselves. */
  readonly changed: ReadonlyMap<NodeProto, NodeProto>;
  /** Nodes that go although something may use what they made: that is made anew under the same name. */
  readonly removed: ReadonlySet<NodeProto>;
  /** The outputs, where they become others. */
  readonly outputs: readonly ValueInfoProto[] | null;
}

/**
 * The model with a change, without the nodes and initializers that were needed before it and are not any more; everything else is the
 * very same message. The model that was given stays as it was.
 */
export function changed(model: ModelProto, index: GraphIndex, change: Change, path: string): ModelProto {
  const { graph } = index;
  const place = change.before === null ? graph.node.length : graph.node.indexOf(change.before);
  const replaced = (nodes: readonly NodeProto[]) =>
    nodes.filter((node) => !change.removed.has(node)).map((node) => change.changed.get(node) ?? node);
  const all = copyOf(graph);
  all.node = [...replaced(graph.node.slice(0, place)), ...change.nodes, ...replaced(graph.node.slice(place))];
  all.initializer = [...graph.initializer, ...change.initializers];
  if (change.outputs !== null) all.output = [...change.outputs];

  const neededBefore = index.needed(index.outputs);
  const after = new GraphIndex(all, path);
  const neededAfter = after.needed(after.outputs);
  const usedBefore = namesUsed(graph, neededBefore);
  const usedAfter = namesUsed(all, neededAfter);
  const goes = (name: string): boolean => usedBefore.has(name) && !usedAfter.has(name);

  all.node = all.node.filter((node) => neededAfter.has(node) || !neededBefore.has(node));
  const gone = new Set(graph.initializer.filter(({ name }) => goes(name)).map(({ name }) => name));
  all.initializer = all.initializer.filter(({ name }) => !gone.has(name));
  all.sparseInitializer = graph.sparseInitializer.filter(({ values }) => !goes(values?.name ?? ""));
  all.input = graph.input.filter(({ name }) => !gone.has(name));
  if (model.irVersion < FIRST_WITHOUT_INPUTS) all.input.push(...change.initializers.map(inputFor));
  const kept = new Set([...all.node.flatMap(({ output }) => output), ...all.input.map(({ name }) => name)]);
  const remade = new Set(change.nodes.flatMap(({ output }) => output));
  all.valueInfo = graph.valueInfo.filter(
    ({ name }) => !index.knows(name) || (kept.has(name) && !remade.has(name)),
  );
  all.quantizationAnnotation = graph.quantizationAnnotation.filter(({ tensorName }) => !gone.has(tensorName));

  const result = copyOf(model);
  result.graph = all;
  return result;
}

function inputFor({ name, dataType, dims }: TensorProto): ValueInfoProto {
  const shape = { dim: dims.map((value) => ({ value: { case: "dimValue" as const, value } })) };
  const value = { case: "tensorType" as const, value: { elemType: dataType, shape } };
  return create(ValueInfoProtoSchema, { name, type: { value } });
}

function namesUsed(graph: GraphProto, nodes: ReadonlySet<NodeProto>): Set<string> {
  const names = new Set(graph.output.map(({ name }) => name));
  for (const node of nodes) for (const name of usesOf(node)) names.add(name);
  return names;
}

/** A message with the same fields, which may then be set without touching the first one. */
export function copyOf<Message extends object>(message: Message): Message {
  return Object.assign(Object.create(Object.getPrototypeOf(message)), message);
}

/** A copy of a node with other names for some of its values. */
export function renamed(node: NodeProto, names: ReadonlyMap<string, string>): NodeProto {
  const copy = clone(NodeProtoSchema, node);
  copy.input = node.input.map((name) => names.get(name) ?? name);
  copy.output = node.output.map((name) => names.get(name) ?? name);
  return copy;
}

/** Names that nothing in a graph has yet. */
export class FreshNames {
  private readonly taken: Set<string>;

  constructor(index: GraphIndex) {
    this.taken = new Set(index.graph.node.flatMap(({ name, output }) => [name, ...output]));
    for (const { name } of [...index.graph.input, ...index.graph.initializer]) this.taken.add(name);
    for (const node of index.graph.node) for (const name of usesOf(node)) this.taken.add(name);
  }

  name(wanted: string): string {
    let name = wanted;
    for (let i = 1; this.taken.has(name); i++) name = `${wanted}_${i}`;
    this.taken.add(name);
    return name;
  }
}
