import { join } from "node:path";
import { openBytes } from "../../containers/bytes.js";
import { isObject, readObject } from "../../containers/json.js";
import { Problem } from "../../problem.js";
import { layerOf } from "../candidate.js";
import type { Format, Place } from "../format.js";
import { lastOfGraph } from "./graph.js";
import { lastOfLayers } from "./layers.js";
import { readManifest } from "./weights.js";

/** A model.json and the shards that it names. */
export const tensorflowJs: Format = {
  name: "TensorFlow.js",
  recognises: (place) => fileOf(place) !== null,
  async read(place, { weights: wanted }) {
    const path = fileOf(place) as string;
    const model = readObject(openBytes(path));
    const { modelTopology: topology, weightsManifest } = model;
    if (!isObject(topology))
      throw new Problem(
        `${path} is no model of TensorFlow.js: it has no modelTopology. Give its model.json, or the folder of a model`,
      );
    const weights = readManifest(path, weightsManifest);
    const isGraph = model.format === "graph-model" || Array.isArray(topology.node);
    const last = isGraph
      ? lastOfGraph(path, model, weights, wanted)
      : lastOfLayers(path, topology, weights, wanted);
    return layerOf(last, path, `TensorFlow.js ${isGraph ? "graph" : "layers"} model`);
  },
};

function fileOf({ path, entries }: Place): string | null {
  if (entries === null) return /\.json$/i.test(path) ? path : null;
  return entries.has("model.json") ? join(path, "model.json") : null;
}
