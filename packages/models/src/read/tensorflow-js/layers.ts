import { isObject } from "../../containers/json.js";
import { Problem } from "../../problem.js";
import type { Candidate } from "../candidate.js";
import { denseOf } from "../keras/candidate.js";
import { lastLayer, readModel } from "../keras/topology.js";
import { floatsOf, type Weights } from "./weights.js";

/** The last layer of a layers model, which has the configuration of Keras. */
export function lastOfLayers(path: string, topology: unknown, weights: Weights, wanted?: string): Candidate {
  const spec = isObject(topology) && topology.model_config !== undefined ? topology.model_config : topology;
  const layer = lastLayer(readModel(spec, path), path, wanted);
  const kernel = weightOf(path, weights, layer.name, "kernel");
  if (kernel === null)
    throw new Problem(`${path}: its weightsManifest has no weight ${layer.name}/kernel of the last layer`);
  const bias = layer.config.use_bias === false ? null : weightOf(path, weights, layer.name, "bias");
  return denseOf(layer, kernel, bias, path);
}

/** By the end of its name: before that of the layer there may be those of models around it. */
function weightOf(path: string, weights: Weights, layer: string, kind: string) {
  const name = `${layer}/${kind}`;
  const found = [...weights.keys()].filter((key) => key === name || key.endsWith(`/${name}`));
  if (found.length > 1)
    throw new Problem(
      `${path} has ${found.length} weights ${name}: ${found.join(", ")}; name the layers differently`,
    );
  const weight = weights.get(found[0] ?? "");
  return weight === undefined ? null : floatsOf(path, weight);
}
