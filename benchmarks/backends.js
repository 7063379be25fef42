import { messageOf } from "../scripts/steps.js";
import { createBackend, instructionSets } from "./product.js";

/** @import { Backend, BackendName } from "./product.js" */

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
    try {
      for (const instructionSet of instructionSets(name)) {
        backends.push(createBackend(name, { instructionSet, threads: 1 }));
      }
    } catch (error) {
      missing.push(`${name}: ${messageOf(error).split("\n")[0]}`);
    }
  }
  return { backends, missing };
}
