import type { Model } from "../models/model.js";
import { Batcher, type BatchingSettings } from "./batcher.js";
import { type Computed, compute, type Rows, type Want } from "./compute.js";
import { costOf } from "./cost.js";
import { Pool } from "./pool.js";

export interface ExecutionSettings {
  /** Threads for what would hold up the event loop; with 0 everything runs on it. */
  readonly workers: number;
  /** Work that is estimated to take no longer than this runs on the event loop, at once: handing it over would take longer. */
  readonly inlineMilliseconds: number;
  /** So many requests may wait for a thread. */
  readonly queueLimit: number;
  readonly batching: BatchingSettings;
}

/** So many numbers are lent. */
const LENT = 2 ** 14;

/** Who waits for a result, and may go. The signal is asked for only where there is something to wait for: it may be made by that. */
export interface Caller {
  /** What is computed at once is copied before anything else is: it may lie in memory that is the next one's, too. */
  readonly copiesAtOnce?: boolean;
  readonly signal?: AbortSignal | undefined;
}

/** Told of what is executed, for the metrics. */
export interface Recorder {
  /** A request was executed after waiting so long. */
  queued(model: Model, seconds: number): void;
  /** So many rows were computed in one go. */
  executed(model: Model, rows: number, seconds: number): void;
  /** The backbone of a model has made the features of a request. */
  madeFeatures(model: Model, seconds: number): void;
}

/** Where and when rows are computed. What comes of it is the same bits everywhere. */
export class Execution {
  readonly queueLimit: number;
  readonly #pool: Pool | undefined;
  readonly #batcher: Batcher | undefined;
  readonly #inlineNanoseconds: number;
  /** To allocate for every row costs more than to compute it. */
  readonly #lent = new Float32Array(LENT);

  constructor(
    { workers, inlineMilliseconds, queueLimit, batching }: ExecutionSettings,
    readonly recorder: Recorder,
  ) {
    this.queueLimit = queueLimit;
    this.#pool = workers > 0 ? new Pool(workers, queueLimit) : undefined;
    this.#inlineNanoseconds = workers > 0 ? inlineMilliseconds * 1e6 : Number.POSITIVE_INFINITY;
    this.#batcher =
      batching.maxRows > 1 ? new Batcher(batching, (...work) => this.#execute(...work)) : undefined;
  }

  get pool(): Pool | undefined {
    return this.#pool;
  }

  run(
    model: Model,
    rows: Rows,
    wants: readonly Want[],
    caller: Caller = {},
  ): readonly Computed[] | Promise<readonly Computed[]> {
    if (this.#batcher?.takes(rows)) return this.#batcher.add(model, rows, wants, caller.signal);
    return this.#execute(model, rows, wants, undefined, caller);
  }

  async close(): Promise<void> {
    await this.#pool?.close();
  }

  /** `since`: when the requests came that are executed in one; undefined for one that comes now. */
  #execute(
    model: Model,
    rows: Rows,
    wants: readonly Want[],
    since?: readonly number[],
    caller?: Caller,
  ): readonly Computed[] | Promise<readonly Computed[]> {
    const now = performance.now();
    if (this.#pool !== undefined && costOf(model, rows, wants) > this.#inlineNanoseconds) {
      return this.#handOver(this.#pool, model, rows, wants, since ?? [now], caller?.signal);
    }
    const computed = compute(model.head, rows, wants, caller?.copiesAtOnce ? this.#lent : undefined);
    this.recorder.executed(model, rows.count, (performance.now() - now) / 1000);
    if (since === undefined) this.recorder.queued(model, 0);
    else for (const time of since) this.recorder.queued(model, (now - time) / 1000);
    return computed;
  }

  async #handOver(
    pool: Pool,
    model: Model,
    rows: Rows,
    wants: readonly Want[],
    since: readonly number[],
    signal?: AbortSignal,
  ): Promise<readonly Computed[]> {
    const task = { head: model.headFile, rows: shared(rows), wants };
    const { computed, seconds } = await pool.run(task, signal);
    const start = performance.now() - seconds * 1000;
    for (const time of since) this.recorder.queued(model, Math.max(0, start - time) / 1000);
    this.recorder.executed(model, rows.count, seconds);
    return computed;
  }
}

function shared(rows: Rows): Rows {
  const { features } = rows;
  const Features = features.constructor as new (buffer: SharedArrayBuffer) => typeof features;
  const copy = new Features(new SharedArrayBuffer(features.byteLength));
  copy.set(features);
  return { ...rows, features: copy };
}
