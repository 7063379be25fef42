import { checkInteger, checkOneOf } from "../checks.js";
import type { Backend, BackendName } from "./backend.js";
import { createJsBackend } from "./js/index.js";
import { createNativeBackend } from "./native.js";
import { createWasmBackend } from "./wasm/index.js";

const MAX_THREADS = 256;

export interface BackendOptions {
  /** One of the backend's instruction sets, for example "avx2"; default: the best that this machine runs. */
  instructionSet?: string;
  /**
   * How many threads one call may use; default: as many as there are processors. Only the native backend has threads, and only large calls
   * use them. The number never changes a bit.
   */
  threads?: number;
}

/** In the order in which they are tried. A new backend is one line here. */
const CANDIDATES: Record<BackendName, (options: BackendOptions) => Backend> = {
  native: createNativeBackend,
  wasm: createWasmBackend,
  js: createJsBackend,
};
export const BACKEND_NAMES = Object.keys(CANDIDATES) as BackendName[];

/** Why a backend that was tried could not be used. */
export interface BackendFailure {
  readonly name: BackendName;
  readonly error: Error;
}

/**
 * Loads one backend. Several can be held at once and passed to the operations by their option `backend`.
 *
 * @throws RangeError for a name or an instruction set that does not exist
 * @throws Error if it exists but cannot be loaded here
 * @example
 * const wasm = createBackend("wasm");
 * fwht(Float32Array.of(1, 2), { backend: wasm });
 */
export function createBackend(name: BackendName, options: BackendOptions = {}): Backend {
  checkOneOf("backend", name, BACKEND_NAMES);
  if (options.threads !== undefined) checkInteger("threads", options.threads, 1, MAX_THREADS);
  return CANDIDATES[name](options);
}

/** What was chosen, and what was tried before. */
export interface Selection {
  readonly backend: Backend;
  readonly failures: readonly BackendFailure[];
}

/** The best backend that loads, or the one that the environment forces. */
export function selectBackend(env: Record<string, string | undefined>): Selection {
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
  if (forced) {
    checkOneOf("FIXED_CLASSIFIER_BACKEND", forced, BACKEND_NAMES);
    return { backend: createBackend(forced, options), failures: [] };
  }
  const failures: BackendFailure[] = [];
  for (const name of BACKEND_NAMES) {
    try {
      return { backend: createBackend(name, options), failures };
    } catch (error) {
      failures.push({ name, error: error as Error });
    }
  }
  const reasons = failures.map(({ name, error }) => `${name}: ${error.message}`).join("\n  ");
  throw new Error(`no backend of fixed-classifier could be loaded:\n  ${reasons}`);
}

function environment(): Record<string, string | undefined> {
  try {
    const { FIXED_CLASSIFIER_BACKEND, FIXED_CLASSIFIER_ISA, FIXED_CLASSIFIER_THREADS } =
      globalThis.process?.env ?? {};
    return { FIXED_CLASSIFIER_BACKEND, FIXED_CLASSIFIER_ISA, FIXED_CLASSIFIER_THREADS };
  } catch {
    return {}; // Deno without the permission to read the environment
  }
}

const selection = selectBackend(environment());

export const defaultBackend = (): Backend => selection.backend;

/** The backend chosen at load time, and why the ones before it were not. */
export const backend: {
  readonly name: BackendName;
  readonly instructionSet: string;
  readonly failures: readonly BackendFailure[];
} = Object.freeze({
  name: selection.backend.name,
  instructionSet: selection.backend.instructionSet,
  failures: selection.failures,
});
