/** Every backend with every instruction set that this machine runs: what the suite runs over. */

import { describe } from "@jest/globals";
import {
  type Backend,
  type BackendName,
  backendNames,
  createBackend,
  instructionSets,
} from "../../lib/index.js";

export const NAMES = backendNames;

export interface Missing {
  readonly name: BackendName;
  readonly error: Error;
}

function load(): { backends: Backend[]; missing: Missing[] } {
  const backends: Backend[] = [];
  const missing: Missing[] = [];
  for (const name of NAMES) {
    try {
      instructionSets(name);
    } catch (error) {
      missing.push({ name, error: error as Error });
      continue;
    }
    for (const instructionSet of instructionSets(name)) {
      backends.push(createBackend(name, { instructionSet }));
    }
  }
  return { backends, missing };
}

export const { backends, missing } = load();

export const label = ({ name, instructionSet }: Pick<Backend, "name" | "instructionSet">): string =>
  `${name} ${instructionSet}`;

/** The readable reference of docs/numerics.md. */
export const reference = createBackend("js");

/** All but the reference: what is compared with it. */
export const others = backends.filter(({ name }) => name !== "js");

export function onEachBackend(tests: (backend: Backend) => void): void {
  for (const backend of backends) describe(label(backend), () => tests(backend));
}
