import { checkInteger, checkOneOf, describe } from "../checks.js";
import { readOptions } from "../options.js";
import type { Backend, BackendName, BackendOptions, Opened, TransformBackend } from "./backend.js";
import { CANDIDATES, wish } from "./platform/node.js";
import { backendNames, MAX_THREADS, type Wish } from "./platform/wish.js";
import type { BackendFailure, Selection } from "./selection.js";
import { shared } from "./shared.js";

export { backendNames };

/**
 * The instruction sets of a backend that this machine runs, best first.
 *
 * @param name "native", "wasm" or "js"
 * @returns their names, some of those in docs/backends.md
 * @throws RangeError for a name that does not exist
 * @throws Error if the backend cannot be loaded here
 * @example
 * for (const instructionSet of instructionSets("wasm")) createBackend("wasm", { instructionSet });
 */
export function instructionSets(name: BackendName): readonly string[] {
  checkOneOf("backend", name, backendNames);
  return CANDIDATES[name].instructionSets();
}

/** Loads one backend, and checks what it is asked for. */
export function openBackend(name: BackendName, options?: BackendOptions | null): Opened {
  checkOneOf("backend", name, backendNames);
  const given = readOptions<BackendOptions>("createBackend", options, ["instructionSet", "threads"]);
  if (given.threads !== undefined) checkInteger("threads", given.threads, 1, MAX_THREADS);
  const sets = instructionSets(name);
  const { instructionSet = sets[0] as string } = given;
  if (!sets.includes(instructionSet)) {
    throw new RangeError(
      `backend "${name}" has no instruction set "${instructionSet}" on this machine, only ${sets.join(", ")}`,
    );
  }
  return CANDIDATES[name].open(instructionSet, given);
}

export function checkBackend(value: unknown): asserts value is Backend {
  const { fwht, plan, head, rotation } = (value ?? {}) as Record<string, unknown>;
  if ([fwht, plan, head, rotation].some((kernel) => typeof kernel !== "function")) {
    throw new TypeError(`backend must be one that createBackend returned, got ${describe(value)}`);
  }
}

/** The best backend that loads, or the one that is forced. */
export function selectBackend({ forced, options }: Wish): Selection {
  if (forced) return { opened: openBackend(forced, options), failures: [] };
  const failures: BackendFailure[] = [];
  for (const name of backendNames) {
    try {
      const opened = openBackend(name, options);
      for (const failure of failures) CANDIDATES[failure.name].replaced?.(failure.error, name);
      return { opened, failures };
    } catch (error) {
      failures.push({ name, error: error as Error });
    }
  }
  const reasons = failures.map(({ name, error }) => `${name}: ${error.message}`).join("\n  ");
  throw new Error(`no backend of fixed-classifier could be loaded:\n  ${reasons}`);
}

/** Chosen when first asked for: a program that only imports the package loads none, and bundlers can leave out what is not used. */
export const selection = (): Selection => {
  const state = shared();
  state.selection ??= selectBackend(wish());
  return state.selection;
};

export const defaultTransform = (): TransformBackend => selection().opened.transform;

/**
 * The backend that operations use, and why the ones before it could not be; it is chosen at the first operation, or when this is read.
 * docs/backends.md says how to force one.
 *
 * @example
 * console.log(backend.name, backend.instructionSet); // wasm simd128, and the like
 */
export const backend: {
  /** "native", "wasm" or "js". */
  readonly name: BackendName;
  /** One of {@link instructionSets}, for example "simd128". */
  readonly instructionSet: string;
  /** The backends that were tried before and did not load; empty for the first. */
  readonly failures: readonly BackendFailure[];
} = /* @__PURE__ */ Object.freeze({
  get name() {
    return defaultTransform().name;
  },
  get instructionSet() {
    return defaultTransform().instructionSet;
  },
  get failures() {
    return selection().failures;
  },
});
