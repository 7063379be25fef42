import type { Backend, BackendName, BackendOptions } from "./backend.js";
import { completeBackend } from "./complete.js";
import { openBackend, selection } from "./select.js";
import { shared } from "./shared.js";

/**
 * Loads one backend. Several can be held at once and passed to the operations by their option `backend`.
 *
 * @param name "native", "wasm" or "js"
 * @throws RangeError for a name that does not exist, an instruction set that this machine does not run, or `threads` out of range
 * @throws Error if it exists but cannot be loaded here
 * @example
 * const wasm = createBackend("wasm");
 * fwht(Float32Array.of(1, 2), { backend: wasm });
 */
export function createBackend(name: BackendName, options?: BackendOptions | null): Backend {
  return completeBackend(openBackend(name, options));
}

/** The backend of heads and rotations that are given none. */
export function defaultBackend(): Backend {
  const state = shared();
  state.backend ??= completeBackend(selection().opened);
  return state.backend;
}
