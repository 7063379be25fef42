import { checkInteger, checkOneOf } from "../../checks.js";
import type { BackendName, BackendOptions } from "../backend.js";

export const MAX_THREADS = 256;

/** All backends, in the order in which they are tried. */
export const backendNames: readonly BackendName[] = /* @__PURE__ */ Object.freeze(["native", "wasm", "js"]);

/** What the user asks of the backend that is chosen. */
export interface Wish {
  /** The only one that is tried. */
  readonly forced?: BackendName;
  readonly options: BackendOptions;
}

/** Of browsers and Workers, which have no environment. */
export const NO_WISH: Wish = { options: {} };

/** What variables of the environment say. */
export function wishOf(env: Record<string, string | undefined>): Wish {
  const {
    FIXED_CLASSIFIER_BACKEND: forced,
    FIXED_CLASSIFIER_ISA: instructionSet,
    FIXED_CLASSIFIER_THREADS: threads,
  } = env;
  const options: BackendOptions = {};
  if (instructionSet) options.instructionSet = instructionSet;
  if (threads) {
    options.threads = Number(threads);
    checkInteger("FIXED_CLASSIFIER_THREADS", options.threads, 1, MAX_THREADS);
  }
  if (!forced) return { options };
  checkOneOf("FIXED_CLASSIFIER_BACKEND", forced, backendNames);
  return { forced, options };
}

export function environment(): Record<string, string | undefined> {
  try {
    const { FIXED_CLASSIFIER_BACKEND, FIXED_CLASSIFIER_ISA, FIXED_CLASSIFIER_THREADS } =
      globalThis.process?.env ?? {};
    return { FIXED_CLASSIFIER_BACKEND, FIXED_CLASSIFIER_ISA, FIXED_CLASSIFIER_THREADS };
  } catch {
    return {}; // Deno without the permission to read the environment
  }
}
