import { openBytes } from "../containers/bytes.js";
import { holdsFloats, openNpy } from "../containers/npy.js";
import { readSafetensorsHeader } from "../containers/safetensors.js";
import { unzip } from "../containers/zip.js";
import { Problem } from "../problem.js";
import { floatsOf } from "../read/safetensors/floats.js";
import { firstNotFinite } from "../tensors/index.js";

/** An array of a file, which is read when it is the one. */
interface Stored {
  readonly name: string;
  readonly shape: readonly number[];
  read(): Float32Array;
}

/** So many axes may the features of a convolutional network have: rows × features × 1 × 1. */
const MOST_AXES = 4;
const ENDING = ".npy";

/**
 * Rows of features as a file has them: `.npy`, `.npz` or `.safetensors`, rows first.
 *
 * @param name the array, where a file has several
 * @throws Problem for a file that is damaged, of another width, or has what is no number
 */
export function readFeatures(path: string, features: number, name?: string): Float32Array {
  const array = chosen(path, arraysOf(path, name), name);
  const width = array.shape.slice(1).reduce((product, n) => product * n, 1);
  const what = array.name === "" ? path : `${path} (${array.name})`;
  if (array.shape.length < 2 || width !== features) {
    throw new Problem(
      `${what} has the shape (${array.shape.join(", ")}), rows of ${array.shape.length < 2 ? "one number" : `${width} numbers`}; the last layer takes rows of ${features} features: give what goes into it, which is what the network before it makes of inputs`,
    );
  }
  const x = array.read();
  const at = firstNotFinite(x);
  if (at >= 0) {
    throw new Problem(
      `${what} has ${x[at]} in row ${Math.floor(at / features)}, column ${at % features}: leave such rows out, or mend what made them`,
    );
  }
  return x;
}

function arraysOf(path: string, name: string | undefined): Stored[] {
  const source = openBytes(path);
  if (/\.npy$/i.test(path)) {
    if (name !== undefined)
      throw new Problem(
        `${path} is one array, of which --tensor ${name} has nothing to choose: leave it out`,
      );
    return [{ name: "", ...openNpy(source, MOST_AXES) }];
  }
  if (/\.npz$/i.test(path)) {
    const files = unzip(source, (file) => file.endsWith(ENDING));
    return [...files].flatMap(([file, bytes]) => {
      const own = file.slice(0, -ENDING.length);
      return own === name || holdsFloats(bytes) ? [{ name: own, ...openNpy(bytes, MOST_AXES) }] : [];
    });
  }
  if (/\.safetensors$/i.test(path)) return [...readSafetensorsHeader(source).tensors.values()].map(floatsOf);
  throw new Problem(
    `${path} is no file of features: give a .npy, .npz or .safetensors file of rows × features, or a folder of images`,
  );
}

function chosen(path: string, arrays: readonly Stored[], name: string | undefined): Stored {
  const possible = arrays.filter((array) =>
    name === undefined ? array.shape.length >= 2 || arrays.length === 1 : array.name === name,
  );
  if (possible.length === 1) return possible[0];
  const all = arrays.map((array) => `${array.name} (${array.shape.join(", ")})`).join(", ");
  throw new Problem(
    name === undefined
      ? `${path} has ${possible.length === 0 ? "no array that is rows of features" : "several arrays that may be the features"}: ${all || "it is empty"}. Say which by --tensor`
      : `${path} has no array ${name}: ${all || "it is empty"}`,
  );
}
