import { messageOf } from "../scripts/steps.js";
import { createBackend } from "./product.js";

/** @import { Backend, BackendName } from "./product.js" */

/** @type {Record<BackendName, string[]>} */
const INSTRUCTION_SETS = {
  native: ["avx512", "avx2", "sse2", "neon", "scalar"],
  wasm: ["simd128", "baseline"],
  js: ["scalar"],
};
export const BACKEND_NAMES = /** @type {BackendName[]} */ (Object.keys(INSTRUCTION_SETS));

/** @param {Backend} backend */
export const label = ({ name, instructionSet }) => `${name} ${instructionSet}`;

/**
 * All that this machine runs, and why it does not run the others. js comes first: the others are compared with it.
 * @param {BackendName[]} names
 */
export function loadBackends(names) {
  const backends = [createBackend("js")];
  /** @type {string[]} */
  const missing = [];
  for (const name of names.filter((name) => name !== "js")) {
    for (const instructionSet of INSTRUCTION_SETS[name]) {
      try {
        backends.push(createBackend(name, { instructionSet, threads: 1 }));
      } catch (error) {
        missing.push(`${name} ${instructionSet}: ${messageOf(error).split("\n")[0]}`);
      }
    }
  }
  return { backends, missing };
}
