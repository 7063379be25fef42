import { existsSync } from "node:fs";
import { join } from "node:path";
import type { FixedClassifier } from "fixed-classifier";
import { checkClassNames } from "../class-names.js";
import { inMemory, openBytes } from "../containers/bytes.js";
import { isObject, type JsonObject, readJson, readObject } from "../containers/json.js";
import {
  type Content,
  contentOf,
  readSafetensorsHeader,
  safetensorsPieces,
} from "../containers/safetensors.js";
import { makeFolder, writeWhole } from "../files.js";
import { Problem } from "../problem.js";
import { CLASS, PREFIX, pytorchModule } from "./pytorch.js";
import { moduleTensors } from "./pytorch-tensors.js";

export interface SafetensorsOptions {
  /** Texts for the metadata of the file, beside the head's own. */
  readonly metadata?: Readonly<Record<string, string>>;
  /** The names of the classes, for config.json. */
  readonly classNames?: readonly string[] | null;
}

const MODULE = "fixed_classifier_head";
const TYPE = `${MODULE}.${CLASS}`;

/**
 * Writes a head as the last module of a sentence-transformers folder, new or there already, with a PyTorch module that computes it. The
 * `model.safetensors` is the head's own file, which `FixedClassifier.fromSafetensors` reads. A dense layer of the same size at the end of
 * the modules gives its place to the head; a head that was written before is replaced, and keeps what others have added to it.
 *
 * @returns the folder of the module
 * @throws Problem for a head that is not finite, and a folder whose last module gives other features; nothing is written then
 * @example
 * const head = new FixedClassifier({ features: 384, classes: 150 });
 * writeSafetensors(head, "intents"); // modules.json, fixed_classifier_head.py, 0_FixedClassifierHead/…
 */
export function writeSafetensors(
  head: FixedClassifier,
  folder: string,
  { metadata = {}, classNames = null }: SafetensorsOptions = {},
): string {
  const own = fileOf(head);
  if (classNames !== null) checkClassNames(classNames, head.classes);
  const modules = readModules(folder);
  const { index, path } = placeFor(head, folder, modules);
  const place = join(folder, path);
  const file = join(place, "model.safetensors");
  const kept = existsSync(file) ? keptOf(file) : NOTHING;
  const config = join(place, "config.json");
  const keptConfig = existsSync(config) ? readObject(openBytes(config)) : {};

  makeFolder(place);
  writeWhole(join(folder, `${MODULE}.py`), pytorchModule(head));
  const texts = new Map([...kept.metadata, ...Object.entries(metadata), ...own.metadata]);
  writeWhole(file, safetensorsPieces(new Map([...own.tensors, ...kept.tensors]), texts));
  writeWhole(config, json({ ...keptConfig, ...configOf(head, classNames) }));
  const entry = {
    ...modules[index],
    idx: index,
    name: modules[index]?.name ?? String(index),
    path,
    type: TYPE,
  };
  writeWhole(join(folder, "modules.json"), json([...modules.slice(0, index), entry]));
  return place;
}

const json = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`;

const configOf = ({ features, classes, bias, code }: FixedClassifier, names: readonly string[] | null) => ({
  in_features: features,
  out_features: classes,
  bias: bias !== null,
  code: code.name,
  ...(names !== null && { id2label: Object.fromEntries(names.entries()) }),
});

const NOTHING: Content = { tensors: new Map(), metadata: new Map() };

/** The head's own file, and what the module computes with. */
function fileOf(head: FixedClassifier): Content {
  let bytes: Uint8Array;
  try {
    bytes = head.toSafetensors();
  } catch (error) {
    throw new Problem(`the head cannot be written: ${(error as Error).message}; take an earlier checkpoint`, {
      cause: error,
    });
  }
  const own = contentOf(readSafetensorsHeader(inMemory("the head", bytes)));
  const more = Object.entries(moduleTensors(head)).map(([name, tensor]) => [PREFIX + name, tensor] as const);
  return { ...own, tensors: new Map([...own.tensors, ...more]) };
}

const OWN_TENSORS = /^(?:scale|bias|weights)$|^(?:code|torch)\./;
const OWN_METADATA = /^(?:format|version|features|classes|learnScale|code|codeVersion)$|^code\./;

/** What others have put in the file of a head. */
function keptOf(path: string): Content {
  const { tensors, metadata } = contentOf(readSafetensorsHeader(openBytes(path)));
  return {
    tensors: new Map([...tensors].filter(([name]) => !OWN_TENSORS.test(name))),
    metadata: new Map([...metadata].filter(([key]) => !OWN_METADATA.test(key))),
  };
}

function readModules(folder: string): readonly JsonObject[] {
  const path = join(folder, "modules.json");
  if (!existsSync(path)) return [];
  const modules = readJson(openBytes(path));
  if (!Array.isArray(modules) || !modules.every(isObject))
    throw new Problem(`${path} is no list of modules. Give another folder, or mend it`);
  return modules;
}

/** Behind the last module, or in its place. */
function placeFor(
  head: FixedClassifier,
  folder: string,
  modules: readonly JsonObject[],
): { readonly index: number; readonly path: string } {
  const last = modules.at(-1);
  const path = `${modules.length}_${CLASS}`;
  if (last === undefined) return { index: 0, path };
  if (last.type === TYPE && typeof last.path === "string" && /^\d+_\w+$/.test(last.path))
    return { index: modules.length - 1, path: last.path };
  const width = widthOf(folder, last);
  if (width.isDense && width.outputs === head.classes && width.inputs === head.features)
    return { index: modules.length - 1, path: `${modules.length - 1}_${CLASS}` };
  if (width.outputs === null || width.outputs === head.features) return { index: modules.length, path };
  throw new Problem(
    `${folder}: its last module ${String(last.type)} gives ${width.outputs} features, the head takes ${head.features}. Make a head of ${width.outputs} features`,
  );
}

/** How many numbers a module takes and gives, as far as its config.json says so. */
function widthOf(folder: string, { path, type }: JsonObject) {
  const file = join(folder, typeof path === "string" ? path : "", "config.json");
  const config =
    typeof path === "string" && path !== "" && existsSync(file) ? readObject(openBytes(file)) : {};
  const number = (...keys: readonly string[]) => {
    const value = keys.map((key) => config[key]).find((one) => typeof one === "number");
    return typeof value === "number" ? value : null;
  };
  return {
    isDense: /(?:^|\.)Dense$/.test(String(type)),
    inputs: number("in_features"),
    outputs: number("out_features", "word_embedding_dimension", "embedding_dimension"),
  };
}
