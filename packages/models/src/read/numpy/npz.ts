import { openBytes } from "../../containers/bytes.js";
import { holdsFloats, openNpy } from "../../containers/npy.js";
import { unzip } from "../../containers/zip.js";
import { Problem } from "../../problem.js";
import { type Floats, layerOf } from "../candidate.js";
import type { Format } from "../format.js";
import { denseOf } from "./dense.js";

const ENDING = ".npy";

/** Several arrays in one file: a matrix, and the row that is as long as one of its sides. */
export const npz: Format = {
  name: "NumPy archive",
  recognises: ({ path, entries }) => entries === null && /\.npz$/i.test(path),
  async read({ path }, { weights, bias, layout }) {
    const files = unzip(openBytes(path), (name) => name.endsWith(ENDING));
    const arrays = [...files].flatMap(([file, bytes]) => {
      const name = file.slice(0, -ENDING.length);
      return name === weights || name === bias || holdsFloats(bytes) ? [{ ...openNpy(bytes), name }] : [];
    });
    const matrix = only(path, arrays, "weights", weights, ({ shape }) => shape.length === 2);
    const biases = arrays.filter(({ shape }) => shape.length === 1 && matrix.shape.includes(shape[0]));
    const row =
      bias === undefined && biases.length === 0
        ? null
        : only(path, arrays, "bias", bias, (one) => biases.includes(one));
    return layerOf(denseOf(path, matrix, row, layout), path, "NumPy archive");
  },
};

/** The array of this name, or without a name the only one that can be it. */
function only<A extends Floats>(
  path: string,
  arrays: readonly A[],
  what: "weights" | "bias",
  name: string | undefined,
  isPossible: (array: A) => boolean,
): A {
  const possible = arrays.filter((array) => (name === undefined ? isPossible(array) : array.name === name));
  if (possible.length === 1) return possible[0];
  const all = arrays.map((array) => `${array.name} (${array.shape.join(", ")})`).join(", ");
  throw new Problem(
    name === undefined
      ? `${path} has ${possible.length === 0 ? "no array" : "several arrays"} that can be the ${what}: ${all || "it is empty"}. Say which, by the option ${what}`
      : `${path} has no array ${name}: ${all}`,
  );
}
