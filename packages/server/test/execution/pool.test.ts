import type { FixedClassifier } from "fixed-classifier";
import { afterEach, expect, test } from "vitest";
import { compute } from "../../src/execution/compute.js";
import { Pool } from "../../src/execution/pool.js";
import type { Task } from "../../src/execution/task.js";
import { areSameBits, headOf, rowsOf } from "../support/models.js";

const WANTS = [
  { of: "logits", k: 0 },
  { of: "probabilities", k: 0 },
  { of: "probabilities", k: 3 },
] as const;

const pools: Pool[] = [];
afterEach(async () => {
  await Promise.all(pools.splice(0).map((pool) => pool.close()));
});

function poolOf(size: number, queueLimit = 1000): Pool {
  const pool = new Pool(size, queueLimit);
  pools.push(pool);
  return pool;
}

function taskOf(head: FixedClassifier, id: number, rows: number, seed = 0): Task {
  const file = head.toSafetensors();
  const bytes = new SharedArrayBuffer(file.length);
  new Uint8Array(bytes).set(file);
  const features = new Float32Array(new SharedArrayBuffer(4 * rows * head.features));
  features.set(rowsOf(rows, head.features, seed));
  return { head: { id, bytes }, rows: { features, count: rows }, wants: WANTS };
}

const expected = ({ rows }: Task, head: FixedClassifier) => compute(head, rows, WANTS);

test("threads give the bits of the event loop, for each of many heads", async () => {
  const pool = poolOf(2);
  const heads = Array.from({ length: 12 }, (_, i) => headOf({ classes: 5 + i, seed: i }));
  // Twice over, so that heads are built again that were dropped.
  const tasks = [0, 1].flatMap((seed) => heads.map((head, i) => taskOf(head, i, 4, seed)));
  const done = await Promise.all(tasks.map((task) => pool.run(task)));
  for (const [i, { computed, seconds }] of done.entries()) {
    expect(computed, `${i}`).toEqual(expected(tasks[i], heads[i % 12]));
    expect(seconds).toBeGreaterThan(0);
  }
});

test("tasks of threads that are killed are run again, and lose nothing", async () => {
  const pool = poolOf(2);
  const head = headOf({ features: 512, classes: 1000 });
  const tasks = Array.from({ length: 60 }, (_, seed) => taskOf(head, 1, 200, seed));
  let killed = 0;
  const killer = setInterval(() => {
    // As often as a task may be run again, so that no task is given up.
    if (killed < 2) void pool.workers[killed++ % 2]?.terminate();
  }, 20);
  const done = await Promise.all(tasks.map((task) => pool.run(task)));
  clearInterval(killer);
  expect(killed).toBe(2);
  for (const [i, { computed }] of done.entries()) {
    expect(areSameBits(computed, expected(tasks[i], head)), `${i}`).toBe(true);
  }
  // One that was killed before it was up is started again after a pause.
  await expect.poll(() => pool.workers.length, { timeout: 10_000 }).toBe(2);
});

test("a task under which threads die again and again is given up, and others go on", async () => {
  const pool = poolOf(1);
  const long = pool.run(taskOf(headOf({ features: 512, classes: 20_000 }), 1, 1000));
  const after = taskOf(headOf(), 2, 3);
  const short = pool.run(after);
  const killed = new Set<Worker>();
  const killer = setInterval(() => {
    // Only the short task waits: the long one is being computed, so that each death is one of its own.
    if (pool.queued !== 1) return;
    for (const worker of pool.workers) {
      if (!killed.has(worker)) worker.terminate();
      killed.add(worker);
    }
  }, 10);
  await expect(long).rejects.toMatchObject({
    failure: "internal",
    message: expect.stringMatching(/3 threads ended under it/),
  });
  clearInterval(killer);
  expect((await short).computed).toEqual(expected(after, headOf()));
});

test("the queue is bounded, and what is withdrawn leaves it", async () => {
  const pool = poolOf(1, 2);
  const head = headOf();
  const given = Array.from({ length: 2 }, (_, seed) => pool.run(taskOf(head, 1, 2, seed)));
  const left = () => pool.run(taskOf(head, 1, 2, 9));
  expect(left).toThrow(expect.objectContaining({ failure: "exhausted", retryAfter: 1 }));
  await Promise.all(given);
  const abort = new AbortController();
  const running = pool.run(taskOf(head, 1, 2));
  const waiting = pool.run(taskOf(head, 1, 2), abort.signal);
  expect(pool.queued).toBe(1);
  abort.abort();
  await expect(waiting).rejects.toThrow("aborted");
  expect(pool.queued).toBe(0);
  expect(() => pool.run(taskOf(head, 1, 2), abort.signal)).toThrow("aborted");
  expect((await running).computed).toHaveLength(3);
});

test("what a thread had that died is not computed again for who has gone", async () => {
  const pool = poolOf(1);
  const abort = new AbortController();
  const running = pool.run(taskOf(headOf(), 1, 200_000), abort.signal);
  const next = pool.run(taskOf(headOf(), 1, 2));
  while (pool.queued > 1) await new Promise((resolve) => setTimeout(resolve, 1));
  abort.abort();
  await pool.workers[0].terminate();
  await expect(running).rejects.toThrow("aborted");
  expect((await next).computed).toHaveLength(3);
});

test("what a head refuses is an error of that task alone", async () => {
  const pool = poolOf(1);
  const wrong = taskOf(headOf(), 1, 1);
  const features = new Float32Array(new SharedArrayBuffer(4));
  await expect(pool.run({ ...wrong, rows: { features, count: 1 } })).rejects.toMatchObject({
    failure: "internal",
  });
  expect((await pool.run(wrong)).computed).toEqual(expected(wrong, headOf()));
});

test("closing fails what is left, and ends the threads", async () => {
  const pool = new Pool(1, 10);
  const left = [pool.run(taskOf(headOf(), 1, 1)), pool.run(taskOf(headOf(), 1, 1))];
  const settled = Promise.allSettled(left);
  await pool.close();
  for (const { status } of await settled) expect(status).toBe("rejected");
  expect(pool.workers).toHaveLength(0);
});
