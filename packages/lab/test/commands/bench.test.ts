import { Command } from "commander";
import { expect, test, vi } from "vitest";
import { CASES } from "../../src/bench/cases.js";
import { measure } from "../../src/bench/measure.js";
import { addBenchCommand } from "../../src/commands/bench.js";
import { createEngine } from "../../src/engine/index.js";
import { Problem } from "../../src/problem.js";

const run = async (...words: string[]) => {
  const program = new Command();
  addBenchCommand(program);
  const log = vi.spyOn(console, "log").mockImplementation(() => {});
  vi.spyOn(console, "error").mockImplementation(() => {});
  try {
    await program.parseAsync(["node", "lab", "bench", ...words]);
    return String(log.mock.calls[0][0]);
  } finally {
    vi.restoreAllMocks();
  }
};

test("steps take turns, and the first ones do not count", async () => {
  const order: string[] = [];
  const timed = ["a", "b"].map((name) => ({
    name,
    step: async () => {
      order.push(name);
      const until = performance.now() + (name === "a" ? 1 : 3);
      while (performance.now() < until);
    },
  }));
  const [a, b] = await measure(timed, 0);
  expect(order.slice(0, 4)).toEqual(["a", "b", "a", "b"]);
  expect(order.length).toBeGreaterThan(a.steps + b.steps);
  expect([a.steps, b.steps]).toEqual([9, 9]);
  expect(a.median).toBeGreaterThanOrEqual(1);
  expect(b.median).toBeGreaterThan(a.median);
  expect(b.quarter).toBeLessThanOrEqual(b.median);
  expect(b.threeQuarters).toBeGreaterThanOrEqual(b.median);
});

test("bench --json tells the machine, the engines and each case", async () => {
  const result = JSON.parse(await run("--cases", "head hadamard; mlp:512,512", "--seconds", "0", "--json"));
  expect(result.cpu).toMatch(/./);
  expect(result.engines).toEqual([
    expect.stringMatching(/^native \(onnxruntime-node \d/),
    expect.stringMatching(/^embedded \(onnxruntime-web \d/),
  ]);
  expect(result.cases.map(({ name }: { name: string }) => name)).toEqual(["head hadamard", "mlp:512,512"]);
  for (const { times } of result.cases)
    for (const { median, steps } of times) {
      expect(median).toBeGreaterThan(0);
      expect(steps).toBe(9);
    }
});

test("the head's part of a step costs less when it is fixed, on 10,000 classes by far", async () => {
  const engine = await createEngine("native");
  const cases = CASES.filter(({ name }) => ["head learned", "head hadamard"].includes(name));
  const prepared = [];
  for (const { name, prepare } of cases) prepared.push({ name, ...(await prepare(engine)) });
  const [learned, fixed] = await measure(prepared, 0);
  // Twenty rather than the fifty of a machine at rest.
  expect(learned.median / fixed.median).toBeGreaterThan(20);
});

test("a table for people, and a problem where a case is none", async () => {
  expect(await run("--cases", "head hadamard", "--seconds", "0")).toMatch(/one thread.*head hadamard/s);
  await expect(run("--cases", "mlp")).rejects.toThrow(Problem);
  await expect(run("--seconds", "soon")).rejects.toThrow(/--seconds is "soon"/);
  expect(CASES.length).toBeGreaterThan(5);
});
