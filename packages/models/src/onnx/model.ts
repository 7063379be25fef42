import { existsSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { makeFolder, writeWhole } from "../files.js";
import type { LastLayer } from "../last-layer.js";
import { Problem } from "../problem.js";
import { authorsHeadOf } from "./authors-form.js";
import { classNamesOf } from "./class-names.js";
import { Constants } from "./constants.js";
import { ExternalData, locationsOf } from "./external-data.js";
import { findClassifier } from "./find.js";
import { GraphIndex } from "./graph-index.js";
import type { HeadGraph, HeadPlace } from "./head-place.js";
import { attachHead, cutModel } from "./head-place.js";
import { readLinearLayer } from "./linear-layer.js";
import type { ModelProto } from "./onnx_pb.js";
import { modelPieces, readModel } from "./protobuf.js";
import { functionKey } from "./refusals.js";
import { TensorReader } from "./tensor-values.js";

/** Versions of the standard operators whose products, sums and shapes mean what is read here. */
const OPSETS = { first: 7, last: 26 };

/** What models of a head alone say that they were made by. */
export const PRODUCER = "fixed-classifier-models";

export interface OpenOptions {
  /** The output whose classifier is meant, where a model has several. */
  readonly output?: string;
}

/** A model whose last layer was found. */
export interface OnnxModel {
  readonly path: string;
  /** The whole model as messages, to be read only. */
  readonly proto: ModelProto;
  /** The version of the standard operators. */
  readonly opset: number;
  readonly lastLayer: LastLayer;
  /** The model up to the features: one output "features", rows × features in float32. Of the authors' form the normalisation goes too. */
  cut(): ModelProto;
  /** The model with another head in place of its last layer, with the same outputs. */
  attach(head: HeadGraph): ModelProto;
  /** Writes `cut()` or `attach(…)` to a new file, and the external data that it names beside it. */
  write(model: ModelProto, path: string): void;
}

/** Opens a model and finds its last layer by what the graph computes, never by names; nothing is executed. */
export function openOnnx(path: string, options: OpenOptions = {}): OnnxModel {
  return openProto(readModel(path), path, options);
}

/** The same for a model that was read; `path` is where it came from, and where its external data are looked for. */
export function openProto(proto: ModelProto, path: string, options: OpenOptions = {}): OnnxModel {
  const opset = opsetOf(proto, path);
  const external = new ExternalData(proto, path);
  const graph = proto.graph;
  if (graph === undefined) throw new Problem(`${path} has no graph`);
  const index = new GraphIndex(graph, path);
  const constants = new Constants(index, new TensorReader(path, external), path);
  const functions = new Set(proto.functions.map(({ domain, name }) => functionKey(domain, name)));
  const affine = ownReason(proto, path, () =>
    findClassifier(index, constants, functions, path, options.output),
  );
  const layer = readLinearLayer(affine, index, constants, path);
  const authors = authorsHeadOf(affine, layer, index, constants);
  const { product } = affine;
  const elementType = constants.elementType(product.weights);
  const place: HeadPlace = {
    input: authors?.input ?? product.input,
    layout: product.layout,
    imageRank: product.layout === "pixel" ? layer.source.dims.length : 0,
    features: authors?.features ?? layer.features,
    classes: layer.classes,
    product: product.node,
    logits: affine.logits,
    steps: affine.steps,
    elementType,
    inputType: authors?.isCast ? 0 : elementType,
  };
  const lastLayer: LastLayer = {
    features: place.features,
    classes: place.classes,
    weights: authors === null ? layer.weights : authors.weights,
    bias: layer.bias,
    origin: {
      file: path,
      format: `ONNX, opset ${opset}`,
      weights: layer.source.source,
      bias: layer.biasSource,
      storedType: layer.source.storedType,
    },
    hadamard: authors === null ? null : { scale: authors.scale },
    classNames: classNamesOf(proto, layer.classes),
  };
  return {
    path,
    proto,
    opset,
    lastLayer,
    cut: () => cutModel(proto, index, place, path),
    attach: (head) => attachHead(proto, index, place, head, opset, path),
    write: (model, target) => writeModel(model, target, path, external),
  };
}

/** Of a head that this package made, it is no use to say which of its nodes is no part of a dense layer. */
function ownReason<T>(proto: ModelProto, path: string, find: () => T): T {
  try {
    return find();
  } catch (error) {
    if (proto.producerName !== PRODUCER || !(error instanceof Problem)) throw error;
    throw new Problem(
      `${path} is a head that this package exported, and no dense layer; give what it was exported from`,
      { cause: error },
    );
  }
}

function opsetOf(proto: ModelProto, path: string): number {
  const versions = proto.opsetImport.filter(({ domain }) => domain === "" || domain === "ai.onnx");
  const version = versions.length === 0 ? null : Number(versions[0].version);
  if (version !== null && version >= OPSETS.first && version <= OPSETS.last) return version;
  const found = version === null ? "does not say its opset" : `has opset ${version}`;
  throw new Problem(
    `${path} ${found}, and opsets ${OPSETS.first} to ${OPSETS.last} are read; convert it (onnx.version_converter)`,
  );
}

/** External data go first, so that a model that is there is complete. */
function writeModel(model: ModelProto, path: string, from: string, external: ExternalData): void {
  if (resolve(path) === resolve(from))
    throw new Problem(`${path} is the model that was read; choose another name for the new one`);
  const folder = dirname(resolve(path));
  const pieces = modelPieces(model);
  const files: { source: string; target: string; location: string }[] = [];
  for (const location of locationsOf(model)) {
    const source = external.pathOf(location);
    const target = join(folder, location);
    if (target === resolve(path))
      throw new Problem(`${path} has the name of the model's external data ${location}; choose another`);
    if (target === source) continue;
    if (existsSync(target)) {
      throw new Problem(
        `${target} is there already, and ${basename(path)} needs a file of that name for its external data; choose an empty folder`,
      );
    }
    files.push({ source, target, location });
  }
  for (const { target, location } of files) {
    if (dirname(target) !== folder) makeFolder(dirname(target));
    writeWhole(target, external.chunks(location));
  }
  writeWhole(path, pieces);
}
