import { join } from "node:path";
import { type Bytes, openBytes } from "../../containers/bytes.js";
import { readJson } from "../../containers/json.js";
import { unzip } from "../../containers/zip.js";
import { Problem } from "../../problem.js";
import type { Format, Place } from "../format.js";
import { layerInH5 } from "./h5.js";

const CONFIG = "config.json";
const WEIGHTS = "model.weights.h5";

/** Keras 3: a zip file of the configuration and the weights, or the same two in a folder. */
export const kerasArchive: Format = {
  name: "Keras .keras",
  recognises: ({ path, entries }: Place) =>
    entries === null ? /\.keras$/i.test(path) : entries.has(CONFIG) && entries.has(WEIGHTS),
  async read({ path, entries }, { weights: wanted }) {
    const files: ReadonlyMap<string, Bytes> =
      entries === null
        ? unzip(openBytes(path), (name) => name === CONFIG || name === WEIGHTS)
        : new Map([CONFIG, WEIGHTS].map((name) => [name, openBytes(join(path, name))]));
    const [config, weights] = [files.get(CONFIG), files.get(WEIGHTS)];
    if (config === undefined || weights === undefined)
      throw new Problem(
        `${path} has no ${config === undefined ? CONFIG : WEIGHTS}. Save it by model.save of Keras 3`,
      );
    return layerInH5(weights, readJson(config), path, wanted);
  },
};
