import { existsSync } from "node:fs";
import { join } from "node:path";
import { openBytes } from "../containers/bytes.js";
import { isObject, type JsonObject, readObject } from "../containers/json.js";

/** What the config.json of transformers or timm says of the last layer. */
export interface ModelConfig {
  readonly classNames: readonly string[] | null;
  readonly classes: number | null;
  /** The name of the layer. */
  readonly module: string | null;
}

const NOTHING: ModelConfig = { classNames: null, classes: null, module: null };

/** Of the folder in which the weights are; without such a file nothing is known. */
export function modelConfig(folder: string): ModelConfig {
  const path = join(folder, "config.json");
  if (!existsSync(path)) return NOTHING;
  const config = readObject(openBytes(path));
  const names = labels(config);
  const classes = names?.length ?? config.num_labels ?? config.num_classes;
  const trained = config.pretrained_cfg;
  const module = isObject(trained) ? trained.classifier : null;
  return {
    classNames: names?.every((name, i) => name === `LABEL_${i}`) ? null : names,
    classes: typeof classes === "number" ? classes : null,
    module: typeof module === "string" ? module : null,
  };
}

/** In the order of the classes; null unless each of them has a name. */
function labels({ id2label, label_names: list }: JsonObject): readonly string[] | null {
  if (Array.isArray(list) && list.every((name) => typeof name === "string")) return list;
  if (!isObject(id2label)) return null;
  const count = Object.keys(id2label).length;
  const names = Array.from({ length: count }, (_, i) => id2label[i]);
  return count > 0 && names.every((name) => typeof name === "string") ? (names as string[]) : null;
}
