/** Every backend with every instruction set that this machine runs: what the suite runs over. */

import { describe } from "@jest/globals";
import { type Backend, type BackendName, createBackend } from "../lib/index.js";

const INSTRUCTION_SETS: Record<BackendName, readonly string[]> = {
  native: ["avx512", "avx2", "sse2", "neon", "scalar"],
  wasm: ["simd128", "baseline"],
  js: ["scalar"],
};
export const NAMES = Object.keys(INSTRUCTION_SETS) as BackendName[];

export interface Missing {
  readonly name: BackendName;
  readonly error: Error;
}

function load(): { backends: Backend[]; missing: Missing[] } {
  const backends: Backend[] = [];
  const missing: Missing[] = [];
  for (const name of NAMES) {
    try {
      createBackend(name);
    } catch (error) {
      missing.push({ name, error: error as Error });
      continue;
    }
    for (const instructionSet of INSTRUCTION_SETS[name]) {
      try {
        backends.push(createBackend(name, { instructionSet }));
      } catch (error) {
        // One that this machine does not run; anything else is a fault of the backend.
        if ((error as Error).name !== "RangeError") throw error;
      }
    }
  }
  return { backends, missing };
}

export const { backends, missing } = load();

export const label = ({ name, instructionSet }: Backend): string => `${name} ${instructionSet}`;

/** The readable reference of docs/numerics.md. */
export const reference = createBackend("js");

/** All but the reference: what is compared with it. */
export const others = backends.filter(({ name }) => name !== "js");

export function onEachBackend(tests: (backend: Backend) => void): void {
  for (const backend of backends) describe(label(backend), () => tests(backend));
}
