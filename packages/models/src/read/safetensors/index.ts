import { basename, dirname, join } from "node:path";
import { openBytes } from "../../containers/bytes.js";
import { readSafetensorsHeader } from "../../containers/safetensors.js";
import { Problem } from "../../problem.js";
import { layerOf } from "../candidate.js";
import { chooseLast } from "../choose.js";
import type { Format, Place } from "../format.js";
import { modelConfig } from "../model-config.js";
import { candidatesOf } from "./candidates.js";
import { shardedTensors } from "./shards.js";

const ENDING = /\.safetensors$/i;
const INDEX = /\.safetensors\.index\.json$/i;

/** State dicts of PyTorch, timm, torchvision and transformers, in one file or many, alone or in the folder of a model. */
export const safetensors: Format = {
  name: "safetensors",
  recognises: (place) => fileOf(place) !== null,
  async read(place, { weights }) {
    const path = fileOf(place) as string;
    const { tensors, metadata } = INDEX.test(path)
      ? shardedTensors(path)
      : readSafetensorsHeader(openBytes(path));
    if (metadata.get("format") === "fixed-classifier") {
      throw new Problem(
        `${path} is a head already, of the code ${metadata.get("code")}: read it by FixedClassifier.fromSafetensors`,
      );
    }
    const { classNames, classes, module } = modelConfig(dirname(path));
    const last = chooseLast(candidatesOf(tensors), path, { weights, classes, module });
    return layerOf(last, path, "safetensors", classNames);
  },
};

/** The index or the file in a folder; null where there is none, or more than one. */
function fileOf({ path, entries }: Place): string | null {
  if (entries === null) return ENDING.test(path) || INDEX.test(basename(path)) ? path : null;
  const names = [...entries];
  for (const ending of [INDEX, /^model\.safetensors$/i, ENDING]) {
    const found = names.filter((name) => ending.test(name));
    if (found.length === 1) return join(path, found[0]);
  }
  return null;
}
