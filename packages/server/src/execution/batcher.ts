import type { Model } from "../models/model.js";
import type { Computed, Rows, Want } from "./compute.js";

export interface BatchingSettings {
  /** A batch is executed when it has so many rows; 1 for no batching. */
  readonly maxRows: number;
  /** Or so long after its first request came. */
  readonly maxDelayMilliseconds: number;
}

interface Member {
  readonly rows: Rows;
  readonly since: number;
  readonly signal: AbortSignal | undefined;
  readonly resolve: (computed: readonly Computed[]) => void;
  readonly reject: (error: unknown) => void;
}

interface Batch {
  readonly model: Model;
  readonly wants: readonly Want[];
  members: Member[];
  count: number;
  readonly timer: NodeJS.Timeout;
}

type Execute = (
  model: Model,
  rows: Rows,
  wants: readonly Want[],
  since: readonly number[],
  caller: { readonly signal?: AbortSignal | undefined },
) => readonly Computed[] | Promise<readonly Computed[]>;

/** Merges requests that ask the same of the same model with features of the same type. Rows do not know each other: bits stay as they are. */
export class Batcher {
  readonly #open = new Map<Model, Map<string, Batch>>();

  constructor(
    private readonly settings: BatchingSettings,
    private readonly execute: Execute,
  ) {}

  /** What fills a batch by itself gains nothing by waiting. */
  takes({ count }: Rows): boolean {
    return count < this.settings.maxRows;
  }

  add(model: Model, rows: Rows, wants: readonly Want[], signal?: AbortSignal): Promise<readonly Computed[]> {
    const key = keyOf(rows, wants);
    let batch = this.#open.get(model)?.get(key);
    if (batch !== undefined && batch.count + rows.count > this.settings.maxRows) {
      this.#close(batch, key);
      batch = undefined;
    }
    const into = batch ?? this.#begin(model, wants, key);
    return new Promise((resolve, reject) => {
      const member = { rows, since: performance.now(), signal, resolve, reject };
      into.members.push(member);
      into.count += rows.count;
      signal?.addEventListener("abort", () => withdraw(into, member, signal), { once: true });
      if (into.count >= this.settings.maxRows) this.#close(into, key);
    });
  }

  #begin(model: Model, wants: readonly Want[], key: string): Batch {
    const timer = setTimeout(() => this.#close(batch, key), this.settings.maxDelayMilliseconds);
    const batch: Batch = { model, wants, members: [], count: 0, timer };
    const batches = this.#open.get(model) ?? new Map<string, Batch>();
    this.#open.set(model, batches.set(key, batch));
    return batch;
  }

  #close(batch: Batch, key: string): void {
    clearTimeout(batch.timer);
    const batches = this.#open.get(batch.model);
    batches?.delete(key);
    if (batches?.size === 0) this.#open.delete(batch.model);
    const { members } = batch;
    batch.members = [];
    if (members.length > 0) void this.#run(batch, members);
  }

  async #run({ model, wants }: Batch, members: readonly Member[]): Promise<void> {
    const since = members.map((member) => member.since);
    const whole = merged(members);
    try {
      const computed = await this.execute(model, whole, wants, since, { signal: allGone(members) });
      let from = 0;
      for (const { rows, resolve } of members) {
        resolve(computed.map((all) => partOf(all, from, rows.count, whole.count)));
        from += rows.count;
      }
    } catch (error) {
      if (members.length === 1) return members[0].reject(error);
      // One may be at fault: each is tried alone, and it alone fails.
      for (const { rows, since, signal, resolve, reject } of members) {
        new Promise<readonly Computed[]>((done) => {
          signal?.throwIfAborted();
          done(this.execute(model, rows, wants, [since], { signal }));
        }).then(resolve, reject);
      }
    }
  }
}

/** Aborted when nobody is left who waits for a batch; undefined if somebody cannot go. */
function allGone(members: readonly Member[]): AbortSignal | undefined {
  const signals = members.flatMap(({ signal }) => signal ?? []);
  if (signals.length < members.length) return undefined;
  if (signals.length === 1) return signals[0];
  const controller = new AbortController();
  let left = signals.length;
  for (const signal of signals) {
    const gone = () => --left === 0 && controller.abort(signal.reason);
    if (signal.aborted) gone();
    else signal.addEventListener("abort", gone, { once: true });
  }
  return controller.signal;
}

function withdraw(batch: Batch, member: Member, signal: AbortSignal): void {
  const at = batch.members.indexOf(member);
  if (at === -1) return;
  batch.members.splice(at, 1);
  batch.count -= member.rows.count;
  member.reject(signal.reason);
}

function keyOf({ features, options }: Rows, wants: readonly Want[]): string {
  const type = `${features.constructor.name} ${options?.type} ${options?.featureScale}`;
  return wants.reduce((key, { of, k }) => `${key} ${of} ${k}`, type);
}

function merged(members: readonly Member[]): Rows {
  const [{ rows: first }] = members;
  if (members.length === 1) return first;
  const Features = first.features.constructor as new (length: number) => Rows["features"];
  const features = new Features(members.reduce((sum, { rows }) => sum + rows.features.length, 0));
  let count = 0;
  let at = 0;
  for (const { rows } of members) {
    features.set(rows.features, at);
    at += rows.features.length;
    count += rows.count;
  }
  return { ...first, features, count };
}

function partOf({ values, classes }: Computed, from: number, rows: number, all: number): Computed {
  const width = all === 0 ? 0 : values.length / all;
  const [begin, end] = [from * width, (from + rows) * width];
  return { values: values.subarray(begin, end), ...(classes && { classes: classes.subarray(begin, end) }) };
}
