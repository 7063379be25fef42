import type { BackendFactory } from "../backend.js";
import { columns } from "./columns.js";
import { decode } from "./decode.js";
import { encode } from "./encode.js";
import { fwht } from "./fwht.js";
import { createHead } from "./head.js";
import { createRotation } from "./rotation.js";

/** Plain TypeScript: runs everywhere, and is the readable reference of docs/numerics.md. */
export const js: BackendFactory = {
  instructionSets: () => ["scalar"],
  create: (instructionSet) => ({
    name: "js",
    instructionSet,
    fwht,
    plan: (x, rowLength, multiplier, factor) => () => fwht(x, rowLength, multiplier, factor),
    columns,
    planColumns: (x, length, inner, multiplier, factor) => () =>
      columns(x, length, inner, multiplier, factor),
    head: createHead,
    rotation: (table) => createRotation(table),
    decode,
    encode,
  }),
};
