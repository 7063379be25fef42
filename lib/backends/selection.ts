import type { BackendName, Opened } from "./backend.js";

/** Why a backend that was tried could not be used. */
export interface BackendFailure {
  /** The backend that did not load. */
  readonly name: BackendName;
  /** What was thrown; its message says what is missing here. */
  readonly error: Error;
}

/** What was chosen, and what was tried before. */
export interface Selection {
  readonly opened: Opened;
  readonly failures: readonly BackendFailure[];
}
