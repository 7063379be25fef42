import { type Bytes, openBytes } from "../../containers/bytes.js";
import { type Hdf5Dataset, type Hdf5File, withHdf5 } from "../../containers/hdf5.js";
import { parseJson } from "../../containers/json.js";
import type { LastLayer } from "../../last-layer.js";
import { Problem } from "../../problem.js";
import { layerOf } from "../candidate.js";
import { chooseLast } from "../choose.js";
import { beginsWith, type Format } from "../format.js";
import { denseOf } from "./candidate.js";
import { candidatesOf } from "./candidates.js";
import { floatsOf, loaded } from "./floats.js";
import { type Layer, lastLayer, readModel } from "./topology.js";
import { namedVariables, numberedVariables, type Variables } from "./variables.js";

/** Models and weights of Keras in HDF5. */
export const kerasH5: Format = {
  name: "Keras .h5",
  recognises: (place) =>
    place.entries === null &&
    (/\.(?:h5|hdf5)$/i.test(place.path) || beginsWith(place, 0x89, 0x48, 0x44, 0x46)),
  read: ({ path }, { weights }) =>
    withHdf5(openBytes(path), async (file) => {
      const { root } = file;
      const config = root.texts.model_config;
      if (config === undefined) {
        const last = chooseLast(candidatesOf(root, path), path, { weights });
        return layerOf(await loaded(file, last), path, "Keras weights");
      }
      const text = Buffer.from([config].flat().join(""));
      const model = readModel(parseJson(text, `model_config of ${path}`), path);
      const layer = lastLayer(model, path, weights);
      const variables = namedVariables(root.group("model_weights") ?? root, layer.name);
      return layerBy(file, layer, variables, path);
    }),
};

/** The weights of a layer that the configuration, in a file beside them, has named. */
export function layerInH5(weights: Bytes, spec: unknown, path: string, wanted?: string): Promise<LastLayer> {
  const model = readModel(spec, path);
  const layer = lastLayer(model, path, wanted);
  return withHdf5(weights, (file) => layerBy(file, layer, numberedVariables(file.root, model, layer), path));
}

async function layerBy(
  file: Hdf5File,
  layer: Layer,
  variables: Variables | null,
  path: string,
): Promise<LastLayer> {
  if (variables === null) {
    throw new Problem(
      `${path} has no weights of the layer "${layer.name}", which is the last by its configuration`,
    );
  }
  const floats = (name: string) => floatsOf(file.root.dataset(name) as Hdf5Dataset, path);
  const { kernel, bias } = variables;
  const hasBias = layer.config.use_bias !== false && bias !== null;
  const last = denseOf(layer, floats(kernel), hasBias ? floats(bias) : null, path);
  return layerOf(await loaded(file, last), path, "Keras model");
}
