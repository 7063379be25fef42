import type { ModelProto, NodeProto, TensorProto } from "../../src/onnx/index.js";
import { parseModel } from "../../src/onnx/index.js";
import { bytesOf } from "./fixtures/model.js";

/** Numbers that are the same for the same seed. */
export class Random {
  private state: number;

  constructor(seed: number) {
    this.state = (seed * 2654435761 + 1) % 2147483647 || 1;
  }

  below(end: number): number {
    this.state = (this.state * 48271) % 2147483647;
    return this.state % end;
  }

  of<T>(list: readonly T[]): T | undefined {
    return list[this.below(Math.max(1, list.length))];
  }
}

/** Milliseconds of the processor that this process has had, all threads: the clock on the wall runs on while others have it. */
export function processorTime(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

const BYTES = [0, 1, 0x7f, 0x80, 0xff, 0x0a, 0x12, 0x3a];
const SIZES = [-1n, 0n, 1n, 2n, 3n, 12n, 2n ** 31n, 2n ** 40n, 2n ** 62n, -(2n ** 63n)];

/** A model's bytes with a few of them changed, cut off, doubled or moved. */
export function mutatedBytes(bytes: Uint8Array, random: Random): Uint8Array {
  let result = bytes.slice();
  for (let times = 1 + random.below(4); times > 0; times--) {
    const at = random.below(result.length || 1);
    const length = 1 + random.below(16);
    const kind = random.below(6);
    if (kind === 0) result[at] ^= 1 << random.below(8);
    else if (kind === 1) result[at] = random.of(BYTES) ?? 0;
    else if (kind === 2) result = result.slice(0, at);
    else if (kind === 3) result = joined(result.subarray(0, at), result.subarray(at + length));
    else if (kind === 4) result = joined(result.subarray(0, at + length), result.subarray(at));
    else
      result = joined(
        result.subarray(0, at),
        new Uint8Array(length).fill(random.below(256)),
        result.subarray(at),
      );
  }
  return result;
}

function joined(...pieces: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  return new Uint8Array(Buffer.concat(pieces));
}

/** A sound protobuf whose graph says something else: other shapes, names, operators, attributes, places of weights. */
export function mutatedModel(bytes: Uint8Array, random: Random): Uint8Array {
  const model = parseModel(bytes, "fixture");
  for (let times = 1 + random.below(3); times > 0; times--) mutate(model, random);
  return bytesOf(model);
}

function mutate(model: ModelProto, random: Random): void {
  const graph = model.graph;
  if (graph === undefined) return;
  const tensors = [
    ...graph.initializer,
    ...graph.node.flatMap(({ attribute }) => attribute.flatMap(({ t }) => (t === undefined ? [] : [t]))),
  ];
  const names = [...graph.node.flatMap(({ input, output }) => [...input, ...output]), "", "x", "none"];
  const node = random.of(graph.node);
  const tensor = random.of(tensors);
  const kind = random.below(14);
  if (kind < 3 && tensor !== undefined) mutateTensor(tensor, random);
  else if (kind < 8 && node !== undefined) mutateNode(node, names, graph.node, random);
  else if (kind === 8) graph.node.splice(random.below(graph.node.length), 1);
  else if (kind === 9 && node !== undefined) graph.node.push(node);
  else if (kind === 10) graph.initializer.splice(random.below(graph.initializer.length), 1);
  else if (kind === 11) graph.output.push(...graph.output.slice(random.below(2)), ...graph.input);
  else if (kind === 12)
    model.opsetImport = model.opsetImport.map((set) =>
      Object.assign(set, { version: BigInt(random.below(30)) }),
    );
  else
    graph.valueInfo.push(...graph.input.map((info) => Object.assign(info, { name: random.of(names) ?? "" })));
}

function mutateTensor(tensor: TensorProto, random: Random): void {
  const kind = random.below(6);
  if (kind === 0)
    tensor.dims = tensor.dims.map((size) => (random.below(2) === 0 ? size : (random.of(SIZES) ?? 0n)));
  else if (kind === 1) tensor.dims = [...tensor.dims, random.of(SIZES) ?? 1n].slice(random.below(2));
  else if (kind === 2) tensor.dataType = random.below(26);
  else if (kind === 3) tensor.rawData = tensor.rawData.map(() => random.below(256));
  else if (kind === 4) tensor.int64Data = [...SIZES];
  else tensor.dataLocation = 1;
}

function mutateNode(
  node: NodeProto,
  names: readonly string[],
  nodes: readonly NodeProto[],
  random: Random,
): void {
  const kind = random.below(7);
  if (kind === 0) node.input[random.below(node.input.length || 1)] = random.of(names) ?? "";
  else if (kind === 1) node.output[0] = random.of(names) ?? "";
  else if (kind === 2) node.opType = random.of(nodes)?.opType ?? "If";
  else if (kind === 3) node.input.reverse();
  else if (kind === 4) node.input = node.input.slice(random.below(2), 2);
  else if (kind === 5) node.attribute = [...(random.of(nodes)?.attribute ?? [])];
  else {
    for (const attribute of node.attribute) {
      attribute.i = random.of(SIZES) ?? 0n;
      attribute.f = random.of([0, Number.NaN, Number.POSITIVE_INFINITY, 1e-30]) ?? 1;
      attribute.ints = attribute.ints.map(() => random.of(SIZES) ?? 0n);
    }
  }
}
