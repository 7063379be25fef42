import { Problem } from "../../problem.js";
import { glance, wholeFile } from "../bytes.js";
import type { Format } from "./format.js";

/** A table as Arrow has it in memory, in a file or a stream; Feather's second version is the same. */
export const arrow: Format = {
  name: "Arrow or Feather table",
  endings: /\.(arrow|arrows|feather|ipc)$/i,
  read: async (path) => {
    const bytes = wholeFile(path);
    const edge = (from: number): string =>
      Buffer.from(bytes.subarray(from).subarray(0, MAGIC.length)).toString("latin1");
    if (edge(0).startsWith("FEA1"))
      throw new Problem(
        `${path} is of Feather's first version. Save it again, as the second (pyarrow.feather.write_feather)`,
      );
    if (edge(0) === MAGIC && edge(bytes.length - MAGIC.length) !== MAGIC)
      throw new Problem(`${path} is cut off: it does not end as it starts. Write or fetch it again`);
    const { readArrow } = await import("./arrow-table.js");
    return readArrow(path, bytes);
  },
  // Names and lists take about what they take in the file, unless they are packed.
  estimate: async (path) => ({ memory: 2 * glance(path).length, disc: 0 }),
};

const MAGIC = "ARROW1";
