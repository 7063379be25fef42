import { Worker } from "node:worker_threads";
import { InferenceError } from "../inference/errors.js";
import type { Done, Task, Told } from "./task.js";

/** A task that has cost so many workers their lives is given up. */
const ATTEMPTS = 3;
const LONGEST_PAUSE = 5000;

/** What a request is told that would have to wait behind too many. */
export function waitingError(limit: number): InferenceError {
  return new InferenceError("exhausted", `${limit} requests wait already; try again later`, {
    retryAfter: 1,
  });
}

interface Waiting {
  readonly task: Task;
  readonly resolve: (done: Done) => void;
  readonly reject: (error: unknown) => void;
  readonly signal: AbortSignal | undefined;
  attempts: number;
}

interface Member {
  readonly worker: Worker;
  running: Waiting | undefined;
  isUp: boolean;
}

// Beside this file once it is compiled; tests run the source, with the compiled worker.
const WORKER = new URL(
  import.meta.url.endsWith(".ts") ? "../../dist/execution/worker.js" : "./worker.js",
  import.meta.url,
);

/**
 * Threads that compute, each one task at a time, in the order in which tasks come. Written for one promise that pools of npm do not make:
 * the task of a thread that dies, whatever kills it and whenever, is run again by another, and its caller sees nothing of it.
 */
export class Pool {
  readonly #members = new Set<Member>();
  readonly #queue: Waiting[] = [];
  #failures = 0;
  #isClosed = false;

  constructor(
    readonly size: number,
    readonly queueLimit: number,
  ) {
    for (let i = 0; i < size; i++) this.#start();
  }

  get queued(): number {
    return this.#queue.length;
  }

  /** The threads that there are now, for whoever wants to kill one. */
  get workers(): Worker[] {
    return [...this.#members].map(({ worker }) => worker);
  }

  run(task: Task, signal?: AbortSignal): Promise<Done> {
    if (this.#queue.length >= this.queueLimit) {
      throw waitingError(this.queueLimit);
    }
    signal?.throwIfAborted();
    return new Promise((resolve, reject) => {
      const waiting = { task, resolve, reject, signal, attempts: 0 };
      this.#queue.push(waiting);
      signal?.addEventListener("abort", () => this.#withdraw(waiting, signal), { once: true });
      this.#dispatch();
    });
  }

  /** Ends the threads; tasks that are still there fail. */
  async close(): Promise<void> {
    this.#isClosed = true;
    const members = [...this.#members];
    const left = [...this.#queue.splice(0), ...members.flatMap(({ running }) => running ?? [])];
    for (const { reject } of left) reject(new InferenceError("unavailable", "the server shuts down"));
    await Promise.all(members.map(({ worker }) => worker.terminate()));
  }

  /** Who waits no longer is not computed for; what runs already is not stopped. */
  #withdraw(waiting: Waiting, signal: AbortSignal): void {
    const at = this.#queue.indexOf(waiting);
    if (at === -1) return;
    this.#queue.splice(at, 1);
    waiting.reject(signal.reason);
  }

  #dispatch(): void {
    for (const member of this.#members) {
      if (this.#queue.length === 0) return;
      if (member.running !== undefined || !member.isUp) continue;
      member.running = this.#queue.shift() as Waiting;
      member.worker.postMessage(member.running.task);
    }
  }

  #start(): void {
    const worker = new Worker(WORKER);
    const member: Member = { worker, running: undefined, isUp: false };
    this.#members.add(member);
    let reason = "";
    worker.on("message", (told: Told) => this.#hear(member, told));
    worker.on("error", (error) => {
      reason = `: ${error.message}`;
    });
    worker.on("exit", (code) => this.#bury(member, `with status ${code}${reason}`));
    // A server that has nothing else to do may end.
    worker.unref();
  }

  #hear(member: Member, told: Told): void {
    if ("isUp" in told) {
      member.isUp = true;
      this.#failures = 0;
    } else {
      const { running } = member;
      member.running = undefined;
      if ("error" in told) running?.reject(new InferenceError("internal", told.error));
      else running?.resolve(told);
    }
    this.#dispatch();
  }

  #bury(member: Member, how: string): void {
    this.#members.delete(member);
    if (this.#isClosed) return;
    const { running } = member;
    if (running !== undefined) {
      running.attempts++;
      if (running.signal?.aborted) running.reject(running.signal.reason);
      else if (running.attempts < ATTEMPTS) this.#queue.unshift(running);
      else {
        const message = `the request was given up: ${ATTEMPTS} threads ended under it, the last ${how}`;
        running.reject(new InferenceError("internal", message));
      }
    }
    // One that does not even come up would otherwise be started again without a pause.
    const pause = member.isUp ? 0 : Math.min(100 * 2 ** this.#failures++, LONGEST_PAUSE);
    if (pause === 0) this.#start();
    else {
      setTimeout(() => {
        if (!this.#isClosed) this.#start();
      }, pause).unref();
    }
    this.#dispatch();
  }
}
