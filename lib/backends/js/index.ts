import type { Backend } from "../backend.js";
import type { BackendOptions } from "../select.js";
import { decode } from "./decode.js";
import { fwht } from "./fwht.js";
import { createHead } from "./head.js";

/** Plain TypeScript: runs everywhere, and is the readable reference of docs/numerics.md. */
export function createJsBackend({ instructionSet = "scalar" }: BackendOptions): Backend {
  if (instructionSet !== "scalar") {
    throw new RangeError(`backend "js" has no instruction set "${instructionSet}", only "scalar"`);
  }
  return {
    name: "js",
    instructionSet,
    fwht,
    plan: (x, rowLength, factor, base) => () => fwht(x, rowLength, factor, base),
    head: createHead,
    decode,
  };
}
