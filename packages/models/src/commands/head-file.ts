import { dirname } from "node:path";
import { FixedClassifier } from "fixed-classifier";
import { namesIn } from "../class-names.js";
import { inMemory, openBytes, readAll } from "../containers/bytes.js";
import { contentOf, readSafetensorsHeader, safetensorsPieces } from "../containers/safetensors.js";
import { authorsHead, learnedHead } from "../convert/original.js";
import { Problem } from "../problem.js";
import { type ReadOptions, readLastLayer } from "../read/index.js";
import { modelConfig } from "../read/model-config.js";

const MOST_BYTES = 2 ** 31 - 1;
/** What heads' files end with. */
export const ENDING = ".safetensors";
/** Among the metadata, as JSON: readers of heads pass over what they do not know. */
const NAMES = "class_names";

export interface NamedHead {
  readonly head: FixedClassifier;
  readonly classNames: readonly string[] | null;
}

/** A head's own file, or the last layer of a model as it is: of the authors' form without its matrix, otherwise "learned". */
export async function headOf(path: string, options: ReadOptions = {}): Promise<NamedHead> {
  if (isHead(path)) {
    if (Object.keys(options).length > 0)
      throw new Problem(`${path} is a head, and --${Object.keys(options)[0]} is for models: leave it out`);
    const head = readHead(path);
    return { head, classNames: classNamesOf(path, head.classes) };
  }
  const layer = await readLastLayer(path, options);
  const head = layer.hadamard === null ? learnedHead(layer) : authorsHead(layer, layer.hadamard);
  return { head, classNames: layer.classNames };
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

/** The bytes of a head's file with the names of its classes. */
export function withNames(head: Uint8Array, classNames: readonly string[] | null): Iterable<Uint8Array> {
  if (classNames === null) return [head];
  const { tensors, metadata } = contentOf(readSafetensorsHeader(inMemory("the head", head)));
  return safetensorsPieces(tensors, new Map([...metadata, [NAMES, JSON.stringify(classNames)]]));
}

const metadataOf = (path: string): ReadonlyMap<string, string> =>
  readSafetensorsHeader(openBytes(path)).metadata;

export const isHead = (path: string): boolean =>
  /\.safetensors$/i.test(path) && metadataOf(path).get("format") === "fixed-classifier";

/** As `convert` leaves them, or as `export --pytorch` does. */
function classNamesOf(path: string, classes: number): readonly string[] | null {
  const text = metadataOf(path).get(NAMES);
  const names = text === undefined ? modelConfig(dirname(path)).classNames : namesIn(text);
  return names?.length === classes ? names : null;
}
