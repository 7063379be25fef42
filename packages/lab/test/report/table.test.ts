import { describe, expect, test } from "vitest";
import { deviation, mean } from "../../src/metrics/statistics.js";
import { summaryTable } from "../../src/report/table.js";
import { failed, madeResults } from "../support/results.js";

const widest = (text: string): number => Math.max(...text.split("\n").map((line) => line.length));

describe("summaryTable", () => {
  const results = madeResults({ classes: 10 });

  test("has a line a head with the figures of the results", () => {
    const lines = summaryTable(results, 200).split("\n");
    const line = lines.find((text) => text.startsWith("hadamard"));
    const runs = results.runs.filter(({ head }) => head === "hadamard");
    const values = runs.map(({ best }) => best?.test.accuracy ?? Number.NaN);
    expect(line).toContain(`${(100 * mean(values)).toFixed(2)} ± ${(100 * deviation(values)).toFixed(2)}`);
    const nll = mean(runs.map(({ best }) => best?.test.nll ?? Number.NaN));
    const calibrated = mean(runs.map(({ best }) => best?.test.calibrated.nll ?? Number.NaN));
    expect(line).toContain(`${nll.toFixed(3)}→${calibrated.toFixed(3)}`);
    expect(line).toMatch(/ 11 {3,}104 B {2}0\.0567 +18 s$/);
    const order = ["learned", "cosine", "hadamard", "product:8", "k-nearest", "logistic"];
    expect(order.map((name) => lines.findIndex((text) => text.startsWith(name)))).toEqual([3, 4, 5, 6, 8, 9]);
  });

  test("stays readable in 80 columns, with long names and many heads", () => {
    const heads = [
      "learned",
      "cosine",
      "hadamard",
      "orthogonal",
      "simplex",
      "product:2",
      "product:4",
      "product:8",
    ];
    const many = madeResults({
      classes: 10,
      heads: [...heads, "cosine@5+product-8-from-class-means@10", "blended:8"],
    });
    const text = summaryTable(many, 80);
    expect(widest(text)).toBeLessThanOrEqual(80);
    expect(text).toMatch(/^cosine.*….*means@10 /m);
    for (const head of heads) expect(text.match(new RegExp(`^${head} `, "gm"))).toHaveLength(2);
  });

  test("is one table where there is room, two where there is not", () => {
    expect(summaryTable(results, 200).match(/^hadamard/gm)).toHaveLength(1);
    expect(summaryTable(results, 100).match(/^hadamard/gm)).toHaveLength(2);
  });

  test("names failed runs and ends with the answer", () => {
    const broken = {
      ...results,
      runs: results.runs.map((run, i) => (i === 4 ? failed(run, "the loss is NaN") : run)),
    };
    const text = summaryTable(broken);
    expect(text).toContain("failed: cosine, seed 1, learning rate 0.01, after 2 epochs: the loss is NaN");
    expect(text.replaceAll("\n", " ")).toMatch(/With a fixed last layer .*\.$/);
    const none = summaryTable({ ...results, runs: results.runs.map((run) => failed(run, "NaN")) });
    expect(none).toContain("failed: learned, seed 0");
    expect(none).toContain("None of 12 runs finished");
  });

  test("one seed has no spread", () => {
    const text = summaryTable(madeResults({ classes: 10, seeds: 1 }), 200);
    expect(text).not.toContain("±");
  });
});
