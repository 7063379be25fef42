import { type Bytes, openBytes } from "../../containers/bytes.js";
import { type Hdf5Group, withHdf5 } from "../../containers/hdf5.js";
import { parseJson } from "../../containers/json.js";
import type { LastLayer } from "../../last-layer.js";
import { Problem } from "../../problem.js";
import { type Floats, layerOf } from "../candidate.js";
import { chooseLast } from "../choose.js";
import { beginsWith, type Format } from "../format.js";
import { denseOf } from "./candidate.js";
import { candidatesOf } from "./candidates.js";
import { floatsOf } from "./floats.js";
import { type Layer, lastLayer, readModel } from "./topology.js";
import { namedVariables, numberedVariables, type Variables } from "./variables.js";

/** Models and weights of Keras in HDF5. */
export const kerasH5: Format = {
  name: "Keras .h5",
  recognises: (place) =>
    place.entries === null &&
    (/\.(?:h5|hdf5)$/i.test(place.path) || beginsWith(place, 0x89, 0x48, 0x44, 0x46)),
  read: async ({ path }, { weights }) =>
    withHdf5(openBytes(path), (root) => {
      const config = root.text("model_config");
      const format = config === null ? "Keras weights" : "Keras model";
      if (config === null)
        return layerOf(chooseLast(candidatesOf(root, path), path, { weights }), path, format);
      const model = readModel(parseJson(Buffer.from(config), `model_config of ${path}`), path);
      const layer = lastLayer(model, path, weights);
      return layerBy(
        root,
        layer,
        namedVariables(root.group("model_weights") ?? root, layer.name),
        path,
        format,
      );
    }),
};

/** The weights of a layer that the configuration, in a file beside them, has named. */
export const layerInH5 = (weights: Bytes, spec: unknown, path: string, wanted?: string): Promise<LastLayer> =>
  withHdf5(weights, (root) => {
    const model = readModel(spec, path);
    const layer = lastLayer(model, path, wanted);
    return layerBy(root, layer, numberedVariables(root, model, layer), path, "Keras model");
  });

function layerBy(
  root: Hdf5Group,
  layer: Layer,
  variables: Variables | null,
  path: string,
  format: string,
): LastLayer {
  if (variables === null)
    throw new Problem(
      `${path} has no weights of the layer "${layer.name}", which is the last by its configuration`,
    );
  const kernel = floats(root, variables.kernel, path);
  const useBias = layer.config.use_bias !== false && variables.bias !== null;
  const bias = useBias ? floats(root, variables.bias as string, path) : null;
  return layerOf(denseOf(layer, kernel, bias, path), path, format);
}

function floats(root: Hdf5Group, name: string, path: string): Floats {
  const dataset = root.dataset(name);
  if (dataset === null) throw new Problem(`${path} has no weights ${name}`);
  return floatsOf(dataset, path);
}
