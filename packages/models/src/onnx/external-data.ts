import { constants, lstatSync } from "node:fs";
import { dirname, join, normalize, resolve } from "node:path";
import { lengthOf, readFully, withFile } from "../files.js";
import { Problem } from "../problem.js";
import { byteLength } from "./element-types.js";
import type { AttributeProto, GraphProto, ModelProto, NodeProto, TensorProto } from "./onnx_pb.js";
import { TensorProto_DataLocation as DataLocation } from "./onnx_pb.js";
import { elementCount } from "./sizes.js";

/** A tensor's piece of a file beside the model. */
interface Piece {
  readonly location: string;
  readonly offset: number;
  readonly length: number;
}

const CHUNK = 2 ** 24;

/** Weights in files of their own, which stand in the model's folder or below and nowhere else. */
export class ExternalData {
  private readonly modelPath: string;
  private readonly folder: string;
  private readonly sizes = new Map<string, number>();
  private readonly pieces = new Map<TensorProto, Piece>();

  /** Checks all pieces of the model: names, ends, and that no two lie upon each other. */
  constructor(model: ModelProto, modelPath: string) {
    this.modelPath = modelPath;
    this.folder = dirname(resolve(modelPath));
    for (const tensor of tensorsOf(model)) {
      if (tensor.dataLocation === DataLocation.EXTERNAL) this.pieces.set(tensor, this.pieceOf(tensor));
    }
    this.refuseOverlaps();
  }

  /** The bytes of a tensor that is kept outside, read from where they stand. */
  read(tensor: TensorProto): Uint8Array {
    const piece = this.pieces.get(tensor);
    if (piece === undefined)
      throw new Error(`tensor "${tensor.name}" is no external data of ${this.modelPath}`);
    return this.open(piece.location, (path, file) => readFully(path, file, piece.offset, piece.length));
  }

  /** The whole of a file, piece by piece. */
  *chunks(location: string): Generator<Uint8Array> {
    const size = this.open(location, lengthOf);
    for (let at = 0; at < size; at += CHUNK)
      yield this.open(location, (path, file) => readFully(path, file, at, Math.min(CHUNK, size - at)));
  }

  pathOf(location: string): string {
    return join(this.folder, location);
  }

  private pieceOf(tensor: TensorProto): Piece {
    const entry = (key: string) => tensor.externalData.find((pair) => pair.key === key)?.value;
    const location = entry("location");
    if (location === undefined) throw this.problem(tensor, "does not say in which file");
    this.refuseUnsafe(tensor, location);
    const size = this.sizeOf(location);
    const expected = byteLength(tensor.dataType, elementCount(tensor, this.modelPath));
    const offset = this.numberOf(tensor, "offset", entry("offset") ?? "0");
    const given = entry("length");
    const length = given === undefined ? (expected ?? size - offset) : this.numberOf(tensor, "length", given);
    if (expected !== null && length !== expected) {
      throw this.problem(tensor, `says it has ${length} bytes, but its type and shape take ${expected}`);
    }
    if (offset + length > size) {
      throw this.problem(
        tensor,
        `ends at byte ${offset + length} of ${location}, which has ${size}; is that file whole?`,
      );
    }
    return { location: normalize(location), offset, length };
  }

  private refuseUnsafe(tensor: TensorProto, location: string): void {
    const steps = location.split(/[\\/]/);
    if (
      location.includes("\0") ||
      /^([\\/]|[A-Za-z]:)/.test(location) ||
      steps.includes("..") ||
      steps.at(-1) === ""
    ) {
      throw this.problem(
        tensor,
        `is to be read from ${JSON.stringify(location)}, outside of the model's folder; move the file beside the model and name it relative to it`,
      );
    }
    let path = this.folder;
    for (const step of location.split("/")) {
      path = join(path, step);
      const status = lstatSync(path, { throwIfNoEntry: false });
      if (status === undefined)
        throw this.problem(tensor, `is kept in ${path}, which is not there; copy it beside the model`);
      if (status.isSymbolicLink())
        throw this.problem(tensor, `is kept behind the link ${path}; put the file itself in its place`);
    }
  }

  private sizeOf(location: string): number {
    let size = this.sizes.get(location);
    if (size !== undefined) return size;
    size = this.open(location, lengthOf);
    this.sizes.set(location, size);
    return size;
  }

  /** A link that takes the file's place in between is not followed. */
  private open<T>(location: string, use: (path: string, file: number) => T): T {
    const path = join(this.folder, location);
    return withFile(path, (file) => use(path, file), constants.O_NOFOLLOW ?? 0);
  }

  private numberOf(tensor: TensorProto, key: string, text: string): number {
    const value = Number(text);
    if (!/^\d+$/.test(text) || !Number.isSafeInteger(value))
      throw this.problem(tensor, `has ${JSON.stringify(text)} as its ${key}, which is no number of bytes`);
    return value;
  }

  private refuseOverlaps(): void {
    const sorted = [...this.pieces]
      .filter(([, { length }]) => length > 0)
      .sort(([, a], [, b]) =>
        a.location < b.location ? -1 : a.location > b.location ? 1 : a.offset - b.offset,
      );
    for (let i = 1; i < sorted.length; i++) {
      const [before, a] = sorted[i - 1];
      const [tensor, b] = sorted[i];
      if (a.location === b.location && b.offset < a.offset + a.length)
        throw this.problem(
          tensor,
          `lies upon tensor "${before.name}" in ${a.location}; export the model again`,
        );
    }
  }

  private problem(tensor: TensorProto, what: string): Problem {
    return new Problem(`${this.modelPath}: tensor "${tensor.name}" ${what}`);
  }
}

/** Files that a model's tensors are kept in, as it names them. */
export function locationsOf(model: ModelProto): Set<string> {
  const locations = new Set<string>();
  for (const tensor of tensorsOf(model)) {
    if (tensor.dataLocation !== DataLocation.EXTERNAL) continue;
    const location = tensor.externalData.find(({ key }) => key === "location")?.value;
    if (location !== undefined) locations.add(normalize(location));
  }
  return locations;
}

/** All tensors, wherever in a model they stand. */
export function* tensorsOf(model: ModelProto): Generator<TensorProto> {
  if (model.graph !== undefined) yield* inGraph(model.graph);
  for (const { node, attributeProto } of model.functions) {
    yield* inNodes(node);
    for (const attribute of attributeProto) yield* inAttribute(attribute);
  }
  for (const { initialization, algorithm } of model.trainingInfo) {
    if (initialization !== undefined) yield* inGraph(initialization);
    if (algorithm !== undefined) yield* inGraph(algorithm);
  }
}

function* inGraph(graph: GraphProto): Generator<TensorProto> {
  yield* graph.initializer;
  for (const { values, indices } of graph.sparseInitializer) {
    if (values !== undefined) yield values;
    if (indices !== undefined) yield indices;
  }
  yield* inNodes(graph.node);
}

function* inNodes(nodes: readonly NodeProto[]): Generator<TensorProto> {
  for (const node of nodes) for (const attribute of node.attribute) yield* inAttribute(attribute);
}

function* inAttribute({
  t,
  tensors,
  g,
  graphs,
  sparseTensor,
  sparseTensors,
}: AttributeProto): Generator<TensorProto> {
  if (t !== undefined) yield t;
  yield* tensors;
  for (const { values, indices } of sparseTensor === undefined
    ? sparseTensors
    : [sparseTensor, ...sparseTensors]) {
    if (values !== undefined) yield values;
    if (indices !== undefined) yield indices;
  }
  if (g !== undefined) yield* inGraph(g);
  for (const graph of graphs) yield* inGraph(graph);
}
