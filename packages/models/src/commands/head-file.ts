import { FixedClassifier } from "fixed-classifier";
import { openBytes, readAll } from "../containers/bytes.js";
import { readSafetensorsHeader } from "../containers/safetensors.js";
import { authorsHead, learnedHead } from "../convert/original.js";
import { Problem } from "../problem.js";
import { type ReadOptions, readLastLayer } from "../read/index.js";

const MOST_BYTES = 2 ** 31 - 1;

/** A head's own file, or the last layer of a model as it is: of the authors' form without its matrix, otherwise "learned". */
export async function headOf(path: string, options: ReadOptions = {}): Promise<FixedClassifier> {
  if (isHead(path)) return readHead(path);
  const layer = await readLastLayer(path, options);
  return layer.hadamard === null ? learnedHead(layer) : authorsHead(layer, layer.hadamard);
}

export function readHead(path: string): FixedClassifier {
  const bytes = readAll(openBytes(path), MOST_BYTES);
  try {
    return FixedClassifier.fromSafetensors(bytes);
  } catch (error) {
    throw new Problem(`${path} is no head of fixed-classifier: ${(error as Error).message}`, {
      cause: error,
    });
  }
}

const isHead = (path: string): boolean =>
  /\.safetensors$/i.test(path) &&
  readSafetensorsHeader(openBytes(path)).metadata.get("format") === "fixed-classifier";
