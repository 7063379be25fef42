import { openBytes } from "../../containers/bytes.js";
import { type NpyArray, openNpy } from "../../containers/npy.js";
import { Problem } from "../../problem.js";
import { layerOf } from "../candidate.js";
import type { Format } from "../format.js";
import { denseOf } from "./dense.js";

/** One array, the weights; the bias is in a file of its own, if there is one. */
export const npy: Format = {
  name: "NumPy array",
  recognises: ({ path, entries }) => entries === null && /\.npy$/i.test(path),
  async read({ path }, { bias, layout, weights }) {
    if (weights !== undefined)
      throw new Problem(`${path} holds one array, the weights: the option weights has nothing to choose`);
    const given = bias === undefined ? null : named(bias, openNpy(openBytes(bias)));
    return layerOf(denseOf(path, named(path, openNpy(openBytes(path))), given, layout), path, "NumPy array");
  },
};

const named = (name: string, array: NpyArray) => ({ ...array, name });
