import fc from "fast-check";
import { expect, test } from "vitest";
import { type Computed, compute, type Rows, type Want } from "../../src/execution/compute.js";
import { Execution, type ExecutionSettings, type Recorder } from "../../src/execution/execution.js";
import type { Model } from "../../src/models/model.js";
import { areSameBits, headOf, rowsOf, serving } from "../support/models.js";

const { models } = await serving({ a: headOf(), b: headOf({ classes: 9, seed: 3 }) });
const [a, b] = [models.find("a", ""), models.find("b", "")];
const QUIET: Recorder = { queued() {}, executed() {}, madeFeatures() {} };

function executionOf(settings: Partial<ExecutionSettings>, recorder = QUIET): Execution {
  const batching = { maxRows: 8, maxDelayMilliseconds: 5 };
  return new Execution(
    { workers: 0, inlineMilliseconds: 1, queueLimit: 100, batching, ...settings },
    recorder,
  );
}

const LOGITS: readonly Want[] = [{ of: "logits", k: 0 }];
const rows = (count: number, seed = 0): Rows => ({ features: rowsOf(count, 20, seed), count });

test("without workers and batches there is no promise", () => {
  const execution = executionOf({ batching: { maxRows: 1, maxDelayMilliseconds: 0 } });
  expect(execution.run(a, rows(3), LOGITS)).toEqual(compute(a.head, rows(3), LOGITS));
});

test("who copies at once is lent memory, with the same bits; who does not, or has no room in it, is not", () => {
  const execution = executionOf({ batching: { maxRows: 1, maxDelayMilliseconds: 0 } });
  const all: readonly Want[] = [...LOGITS, { of: "probabilities", k: 0 }, { of: "logits", k: 2 }];
  const run = (count: number, seed: number, copiesAtOnce: boolean) =>
    execution.run(a, rows(count, seed), all, { copiesAtOnce }) as readonly Computed[];
  const own = run(3, 1, false);
  const lent = run(3, 2, true);
  expect(lent).toEqual(compute(a.head, rows(3, 2), all));
  const next = run(3, 3, true);
  expect(next).toEqual(compute(a.head, rows(3, 3), all));
  expect(lent[0].values.buffer).toBe(next[0].values.buffer);
  expect(own).toEqual(compute(a.head, rows(3, 1), all));
  const large = run(4000, 4, true);
  expect(large[0].values.buffer).not.toBe(next[0].values.buffer);
  expect(areSameBits(large, compute(a.head, rows(4000, 4), all))).toBe(true);
});

test("work beyond the estimate goes to a thread, with the same bits, and is recorded", async () => {
  const recorded: unknown[] = [];
  const execution = executionOf(
    { workers: 1, inlineMilliseconds: 0, batching: { maxRows: 1, maxDelayMilliseconds: 0 } },
    {
      ...QUIET,
      queued: (model, seconds) => recorded.push([model, seconds >= 0]),
      executed: (model, count, seconds) => recorded.push([model, count, seconds > 0]),
    },
  );
  const given = execution.run(a, rows(3), LOGITS);
  expect(given).toBeInstanceOf(Promise);
  expect(await given).toEqual(compute(a.head, rows(3), LOGITS));
  expect(recorded).toEqual([
    [a, true],
    [a, 3, true],
  ]);
  await execution.close();
});

test("what decides is how much is asked for: rows, outputs, and how many of the best classes", async () => {
  const execution = executionOf({
    workers: 1,
    inlineMilliseconds: 0.02,
    batching: { maxRows: 1, maxDelayMilliseconds: 0 },
  });
  const { models: wide } = await serving({ wide: headOf({ classes: 2000 }) });
  const model: Model = { ...wide.find("wide", ""), rowCost: 1000 };
  const isHandedOver = async (count: number, ...wants: Want[]) => {
    const given = execution.run(model, rows(count), wants);
    expect(await given).toEqual(compute(model.head, rows(count), wants));
    return given instanceof Promise;
  };
  expect(await isHandedOver(1, { of: "logits", k: 0 })).toBe(false);
  expect(await isHandedOver(1, { of: "logits", k: 5 })).toBe(false);
  expect(await isHandedOver(1, { of: "probabilities", k: 5 })).toBe(false);
  expect(await isHandedOver(1, { of: "probabilities", k: 0 })).toBe(false);
  expect(await isHandedOver(25, { of: "logits", k: 0 })).toBe(true);
  expect(await isHandedOver(5, { of: "probabilities", k: 0 })).toBe(true);
  expect(await isHandedOver(6, { of: "probabilities", k: 5 })).toBe(true);
  // One row, but so many to be put into order; all of them are sorted, which costs no more.
  expect(await isHandedOver(1, { of: "logits", k: 200 })).toBe(true);
  expect(await isHandedOver(1, { of: "logits", k: 2000 })).toBe(true);
  await execution.close();
});

test("a batch holds equal requests only, and is executed at its first one's delay", async () => {
  const executed: [string, number][] = [];
  const execution = executionOf(
    {},
    { ...QUIET, executed: (model, count) => executed.push([model.name, count]) },
  );
  const half = { features: new Uint16Array(20), count: 1, options: { type: "float16" } } as const;
  const brain = { features: new Uint16Array(20), count: 1, options: { type: "bfloat16" } } as const;
  const start = performance.now();
  await Promise.all([
    execution.run(a, rows(1), LOGITS),
    execution.run(b, rows(1), LOGITS),
    execution.run(a, half, LOGITS),
    execution.run(a, rows(2), LOGITS),
    execution.run(a, brain, LOGITS),
    execution.run(a, rows(1), [{ of: "logits", k: 2 }]),
    execution.run(b, rows(3), LOGITS),
  ]);
  expect(performance.now() - start).toBeGreaterThanOrEqual(4);
  expect(executed).toEqual([
    ["a", 3],
    ["b", 4],
    ["a", 1],
    ["a", 1],
    ["a", 1],
  ]);
});

test("a full batch waits no longer, and one that would overflow begins the next", async () => {
  const executed: number[] = [];
  const execution = executionOf(
    { batching: { maxRows: 8, maxDelayMilliseconds: 60_000 } },
    { ...QUIET, executed: (_, count) => executed.push(count) },
  );
  const first = [execution.run(a, rows(5), LOGITS), execution.run(a, rows(4), LOGITS)];
  await first[0];
  expect(executed).toEqual([5]);
  await Promise.all([...first, execution.run(a, rows(4), LOGITS)]);
  expect(executed).toEqual([5, 8]);
  expect(execution.run(a, rows(8), LOGITS)).not.toBeInstanceOf(Promise);
});

test("a member that cannot be computed fails alone", async () => {
  const execution = executionOf({});
  const bad = { features: new Float32Array(7), count: 1 };
  const results = await Promise.allSettled([
    execution.run(a, rows(1, 1), LOGITS),
    execution.run(a, bad, LOGITS),
    execution.run(a, rows(2, 2), LOGITS),
  ]);
  expect(results.map(({ status }) => status)).toEqual(["fulfilled", "rejected", "fulfilled"]);
  expect(results[2]).toMatchObject({ value: compute(a.head, rows(2, 2), LOGITS) });
});

test("a member that is withdrawn is not computed", async () => {
  const executed: number[] = [];
  const execution = executionOf({}, { ...QUIET, executed: (_, count) => executed.push(count) });
  const abort = new AbortController();
  const gone = execution.run(a, rows(2), LOGITS, abort);
  const kept = execution.run(a, rows(3), LOGITS);
  abort.abort();
  await expect(gone).rejects.toThrow("aborted");
  expect(await kept).toEqual(compute(a.head, rows(3), LOGITS));
  expect(executed).toEqual([3]);
});

test("a batch that waits for a thread leaves with the last of its members", async () => {
  const executed: number[] = [];
  const execution = executionOf(
    { workers: 1, inlineMilliseconds: 0, batching: { maxRows: 3, maxDelayMilliseconds: 60_000 } },
    { ...QUIET, executed: (_, count) => executed.push(count) },
  );
  const long = execution.run(a, rows(20_000), LOGITS);
  const callers = [new AbortController(), new AbortController(), new AbortController()];
  const gone = callers.map((caller) =>
    expect(Promise.resolve(execution.run(a, rows(1), LOGITS, caller))).rejects.toThrow("aborted"),
  );
  expect(execution.pool?.queued).toBeGreaterThan(0);
  const before = execution.pool?.queued as number;
  callers[0].abort();
  callers[1].abort();
  expect(execution.pool?.queued).toBe(before);
  callers[2].abort();
  expect(execution.pool?.queued).toBe(before - 1);
  await long;
  await Promise.all(gone);
  const last = [execution.run(a, rows(2), LOGITS), execution.run(a, rows(1), LOGITS)];
  await Promise.all(last);
  expect(executed).toEqual([20_000, 3]);
  await execution.close();
});

const wants = fc.uniqueArray(
  fc.record({ of: fc.constantFrom("logits" as const, "probabilities" as const), k: fc.nat(9) }),
  { minLength: 1, maxLength: 2, selector: ({ of }) => of },
);
const requests = fc.array(
  fc.record({ isA: fc.boolean(), count: fc.nat(9), seed: fc.nat(99), wants, isLate: fc.boolean() }),
  { minLength: 1, maxLength: 20 },
);

test.each([0, 1])(
  "any requests, merged in any way, have the bits of each alone: %i workers",
  async (workers) => {
    const execution = executionOf({ workers, inlineMilliseconds: 0 });
    await fc.assert(
      fc.asyncProperty(requests, async (all) => {
        const asked: [Model, Rows, Want[], unknown][] = [];
        for (const { isA, count, seed, wants, isLate } of all) {
          const model = isA ? a : b;
          if (isLate) await new Promise((done) => setTimeout(done, 2));
          asked.push([model, rows(count, seed), wants, execution.run(model, rows(count, seed), wants)]);
        }
        for (const [model, given, wants, result] of asked) {
          const computed = (await result) as ReturnType<typeof compute>;
          expect(areSameBits(computed, compute(model.head, given, wants))).toBe(true);
        }
      }),
      { numRuns: 40 },
    );
    await execution.close();
  },
);
