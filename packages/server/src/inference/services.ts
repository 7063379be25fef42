import type { InferenceError } from "./errors.js";

/**
 * What the server around the transports offers them beside `Inference`. A transport takes each as an option and works without it, so that
 * it can be tried alone.
 */
export interface Services {
  readonly gate?: Gate;
  readonly repository?: Repository;
  readonly metrics?: Metrics;
}

/** The door for requests of all transports. Every `enter` is followed by one `leave`, whatever becomes of the request. */
export interface Gate {
  /** Takes in a request of so many bytes, 0 if they are not known yet; throws an InferenceError with `retryAfter` while there is no room. */
  enter(bytes: number): void;
  /** More bytes of a request: chunks as they come, what was compressed, its answer; throws as `enter` does. Fewer, where it has not entered, and does not. */
  grow(bytes: number): void;
  /** The answer is on its way, or the client has gone: all bytes that were entered and grown are free again. */
  leave(bytes: number): void;
  /** Told of every answer that is a failure, once; the model and the version as the request named them, "" where it named none. */
  failed(error: InferenceError, model: string, version?: string): void;
  /** The server shuts down: it goes on answering, but each answer says that the connection closes. */
  readonly isDraining: boolean;
}

export interface Metrics {
  readonly contentType: string;
  render(): Promise<string>;
}

export type ModelState = "READY" | "LOADING" | "UNAVAILABLE";

export interface RepositoryEntry {
  readonly name: string;
  readonly version: string;
  readonly state: ModelState;
  /** Why it is not ready; "" if it is. */
  readonly reason: string;
}

/** The repository extension of the protocol: models that come, change and go while requests run. */
export interface Repository {
  index(): readonly RepositoryEntry[];
  /** Reads the model from disc again, tries it, and swaps it in; the one before answers until then, and for ever if this one fails. */
  load(model: string): Promise<void>;
  /** Requests that have begun are answered. */
  unload(model: string): Promise<void>;
}
