import type { BackendFactory } from "../backend.js";
import { columns } from "./columns.js";
import { decode } from "./decode.js";
import { encode } from "./encode.js";
import { fwht } from "./fwht.js";

/** Plain TypeScript: runs everywhere, and is the readable reference of docs/numerics.md. */
export const js: BackendFactory = {
  instructionSets: () => ["scalar"],
  open: (instructionSet) => ({
    transform: {
      name: "js",
      instructionSet,
      fwht,
      plan: (x, rowLength, multiplier, factor) => () => fwht(x, rowLength, multiplier, factor),
      columns,
      planColumns: (x, length, inner, multiplier, factor) => () =>
        columns(x, length, inner, multiplier, factor),
      decode,
      encode,
    },
    engine: null,
  }),
};
