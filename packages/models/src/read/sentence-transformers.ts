import { existsSync } from "node:fs";
import { join } from "node:path";
import { openBytes } from "../containers/bytes.js";
import { isObject, readJson, readObject } from "../containers/json.js";
import { readSafetensorsHeader } from "../containers/safetensors.js";
import { Problem } from "../problem.js";
import { layerOf } from "./candidate.js";
import { chooseLast } from "./choose.js";
import type { Format, Place } from "./format.js";
import { plainName } from "./inside.js";
import { modelConfig } from "./model-config.js";
import { candidatesOf } from "./safetensors/candidates.js";

const MODULES = "modules.json";
const PICKLED_HEAD = "model_head.pkl";

/** A folder of modules, each in its own: the last one is a classifier where it is a dense layer that gives logits. */
export const sentenceTransformers: Format = {
  name: "sentence-transformers",
  recognises: ({ entries }: Place) => entries?.has(MODULES) ?? false,
  async read({ path, entries }, { weights }) {
    if (entries?.has(PICKLED_HEAD)) {
      throw new Problem(
        `${join(path, PICKLED_HEAD)} is a pickle, which can run code when it is loaded, and is not read. Export the arrays of the head: in Python, numpy.save("weights.npy", model.model_head.coef_) and numpy.save("bias.npy", model.model_head.intercept_); then read weights.npy with the option bias: "bias.npy"`,
      );
    }
    const { folder, kind } = lastModule(join(path, MODULES));
    if (kind.endsWith(".FixedClassifierHead")) {
      throw new Problem(
        `${path} has a head of this package already: read ${join(path, folder, "model.safetensors")} by FixedClassifier.fromSafetensors`,
      );
    }
    if (!/(?:^|\.)Dense$/.test(kind)) {
      throw new Problem(
        `${path} ends in the module ${kind}, which makes embeddings of sentences and has no classes. Train a head on its embeddings, or give the head's arrays as .npy`,
      );
    }
    const place = join(path, folder);
    checkActivation(join(place, "config.json"));
    const file = join(place, "model.safetensors");
    if (!existsSync(file)) {
      throw new Problem(
        `${place} has no model.safetensors; a pytorch_model.bin is a pickle and is not read. Save the model again: in Python, model.save_pretrained(path, safe_serialization=True)`,
      );
    }
    const last = chooseLast(candidatesOf(readSafetensorsHeader(openBytes(file)).tensors), file, { weights });
    return layerOf(last, file, "sentence-transformers", modelConfig(path).classNames);
  },
};

function lastModule(path: string): { readonly folder: string; readonly kind: string } {
  const modules = readJson(openBytes(path));
  const last = Array.isArray(modules) ? modules.at(-1) : undefined;
  if (!isObject(last) || typeof last.type !== "string")
    throw new Problem(`${path} has no list of modules with a type and a path`);
  // The first module may stand in the folder itself.
  return { kind: last.type, folder: last.path === "" ? "." : plainName(path, last.path) };
}

/** By default such a layer ends in tanh, and then makes embeddings too. */
function checkActivation(path: string): void {
  const { activation_function: activation } = readObject(openBytes(path));
  if (typeof activation === "string" && /\.(?:Identity|Softmax|LogSoftmax|Sigmoid)$/.test(activation)) return;
  throw new Problem(
    `${path} has the activation ${JSON.stringify(activation ?? "torch.nn.modules.activation.Tanh")}, so what the layer gives are no logits but embeddings`,
  );
}
