import { unzipSync } from "fflate";
import { Problem } from "../../problem.js";
import { inMemory, openBytes, wholeFile } from "../bytes.js";
import type { Format } from "./format.js";
import { npyArray } from "./npy.js";

/** Several NumPy arrays in a zip file, packed or not: all are brought into memory. */
export const npz: Format = {
  name: "NumPy archive",
  endings: /\.npz$/i,
  read: async (path, { memory }) => {
    const entries = Object.entries(unzipped(path, wholeFile(path)));
    const arrays = entries
      .filter(([name]) => name.endsWith(".npy"))
      .map(([name, bytes]) =>
        npyArray(name.slice(0, -".npy".length), inMemory(`${path} (${name})`, bytes), memory),
      );
    if (arrays.length === 0) throw new Problem(`${path} holds no arrays. Save some by numpy.savez`);
    return { kind: "arrays", path, arrays };
  },
  estimate: async (path) => {
    const file = openBytes(path);
    let memory = 0;
    unzipped(path, file.read(0, file.length), ({ originalSize }) => {
      memory += originalSize;
      return false;
    });
    return { memory, disc: 0 };
  },
};

function unzipped(
  path: string,
  bytes: Uint8Array,
  filter?: (entry: { originalSize: number }) => boolean,
): Record<string, Uint8Array> {
  try {
    return unzipSync(bytes, filter === undefined ? {} : { filter });
  } catch (error) {
    throw new Problem(`${path} cannot be unpacked: it is cut off or no zip file. Save or fetch it again`, {
      cause: error,
    });
  }
}
