import type { Computed, Rows, Want } from "./compute.js";

/** What a worker gets. Features and the head's file lie in shared memory: nothing is copied, and nothing is lost with a worker. */
export interface Task {
  readonly head: { readonly id: number; readonly bytes: SharedArrayBuffer };
  readonly rows: Rows;
  readonly wants: readonly Want[];
}

export interface Done {
  readonly computed: readonly Computed[];
  readonly seconds: number;
}

/** What a worker says. */
export type Told = Done | { readonly error: string } | { readonly isUp: true };
