import { readdirSync } from "node:fs";
import { openBytes } from "../containers/bytes.js";
import { isFolder, unreadable } from "../files.js";
import type { LastLayer } from "../last-layer.js";
import { Problem } from "../problem.js";
import type { Format, Place, ReadOptions } from "./format.js";
import { kerasArchive } from "./keras/archive.js";
import { kerasH5 } from "./keras/h5.js";
import { npy } from "./numpy/index.js";
import { npz } from "./numpy/npz.js";
import { onnx } from "./onnx.js";
import { pickles } from "./refused.js";
import { safetensors } from "./safetensors/index.js";
import { sentenceTransformers } from "./sentence-transformers.js";
import { tensorflowJs } from "./tensorflow-js/index.js";

export type { ReadOptions } from "./format.js";

/** The first that recognises a path reads it. */
const FORMATS: readonly Format[] = [
  sentenceTransformers,
  kerasArchive,
  kerasH5,
  safetensors,
  tensorflowJs,
  npy,
  npz,
  onnx,
  pickles,
];

const START = 16;

/**
 * Reads the last layer of a trained model. Nothing of the model is executed, and of its weights only the last ones are read.
 *
 * @param path a file or a folder
 * @throws Problem for what cannot be read, or has no last layer that can be told from the others: the message has the remedy
 * @example
 * const layer = await readLastLayer("resnet50/model.safetensors");
 * console.log(layer.features, layer.classes, layer.origin.weights); // 2048 1000 fc.weight
 */
export async function readLastLayer(path: string, options: ReadOptions = {}): Promise<LastLayer> {
  const place = placeOf(path);
  const format = FORMATS.find((one) => one.recognises(place));
  if (format !== undefined) {
    refuseUnused(place, format, options);
    return format.read(place, options);
  }
  throw new Problem(
    `${path} is of no format that is read: ${FORMATS.filter((one) => one !== pickles)
      .map(({ name }) => name)
      .join(", ")}`,
  );
}

/** Whoever gives an option expects that it counts. */
function refuseUnused({ path }: Place, format: Format, options: ReadOptions): void {
  const { output, weights, bias, layout } = options;
  if (format === onnx && weights !== undefined)
    throw new Problem(
      `${path}: the last layer of an ONNX model is found by what the graph computes, so the option weights names nothing: of several layers say which by the option output, the name of an output`,
    );
  if (format !== onnx && output !== undefined)
    throw new Problem(
      `${path} is no ONNX model, which the option output is for: of several layers say which by the option weights`,
    );
  if (format === npy || format === npz) return;
  const given = bias !== undefined ? "bias" : layout !== undefined ? "layout" : null;
  if (given !== null)
    throw new Problem(
      `${path} says itself what its ${given} is: leave the option ${given} out, which is for arrays of NumPy`,
    );
}

function placeOf(path: string): Place {
  if (!isFolder(path)) {
    const bytes = openBytes(path);
    return { path, entries: null, start: bytes.read(0, Math.min(START, bytes.length)) };
  }
  try {
    return { path, entries: new Set(readdirSync(path)), start: new Uint8Array() };
  } catch (error) {
    throw unreadable(path, error);
  }
}
