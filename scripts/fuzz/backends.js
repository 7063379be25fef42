// The backends that every case runs on.
import { backendNames, createBackend, instructionSets } from "../../dist/index.js";
import { messageOf } from "../steps.js";

/** @import { Backend } from "../../dist/index.js" */

/** @param {Backend} backend */
export const label = ({ name, instructionSet }) => `${name} ${instructionSet}`;

/**
 * All instruction sets of some backends that this machine has. js comes first: the others are compared with it.
 * @param {readonly string[]} names
 */
export function loadBackends(names) {
  const backends = [createBackend("js")];
  /** @type {string[]} */
  const missing = [];
  for (const name of backendNames.filter((name) => name !== "js" && names.includes(name))) {
    try {
      for (const instructionSet of instructionSets(name))
        backends.push(createBackend(name, { instructionSet }));
    } catch (error) {
      missing.push(`${name}: ${messageOf(error).split("\n")[0]}`);
    }
  }
  return { backends, missing };
}

export { backendNames };
