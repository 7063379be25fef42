import { Problem } from "../../problem.js";
import { glance, wholeFile } from "../bytes.js";
import { coded } from "../content.js";
import type { Format } from "./format.js";

/** A name a line, as labels and groups are. */
export const lines: Format = {
  name: "text file with a name a line",
  endings: /\.txt$/i,
  read: async (path) => {
    const names = Buffer.from(wholeFile(path))
      .toString("utf8")
      .split(/\r?\n/)
      .map((line) => line.trim());
    if (names.at(-1) === "") names.pop();
    const empty = names.indexOf("");
    if (empty !== -1)
      throw new Problem(`${path}, line ${empty + 1}: the name is missing. Fill it or leave the row out`);
    const values = coded(names, names.length);
    return { kind: "arrays", path, arrays: [{ kind: "names", name: "", shape: [names.length], values }] };
  },
  estimate: async (path) => ({ memory: glance(path).length, disc: 0 }),
};
