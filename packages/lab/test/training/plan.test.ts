import { expect, test } from "vitest";
import { resolveTrainOptions } from "../../src/options/train.js";
import { planRuns } from "../../src/training/plan.js";

const plan = (flags: Record<string, string>, trunk = "mlp:8") => planRuns(resolveTrainOptions(flags), trunk);

test("every head with every seed and fold, in folders of their own", () => {
  const groups = plan({ heads: "learned,product:8", seeds: "2", folds: "3" });
  const runs = groups.flat();
  expect(runs).toHaveLength(2 * 2 * 3);
  expect(new Set(runs.map(({ folder }) => folder)).size).toBe(12);
  expect(runs[0].folder).toMatch(/learned\.seed-0\.fold-0$/);
  expect(runs.some(({ folder }) => folder.includes("product-8.seed-1.fold-2"))).toBe(true);
  expect(groups.every((group) => group.length === 1)).toBe(true);
});

test("a sweep over a light trunk reads each batch once for all heads and rates of a seed", () => {
  const flags = { heads: "learned,cosine", seeds: "2", sweep: "lr=0.1,0.01,0.001" };
  expect(plan(flags, "linear:32").map(({ length }) => length)).toEqual([6, 6]);
  expect(plan(flags, "none").map(({ length }) => length)).toEqual([6, 6]);
  expect(plan(flags, "mlp:8").every(({ length }) => length === 1)).toBe(true);
  expect(plan(flags, "mlp:8")).toHaveLength(12);
});
