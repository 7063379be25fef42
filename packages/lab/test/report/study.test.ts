import { describe, expect, test } from "vitest";
import { unpackBits } from "../../src/metrics/bits.js";
import { mean, pairedByRows, pairedBySeeds } from "../../src/metrics/statistics.js";
import { answers } from "../../src/report/answer.js";
import { failures } from "../../src/report/failures.js";
import { renderReport } from "../../src/report/index.js";
import { study } from "../../src/report/study.js";
import { summaryTable } from "../../src/report/table.js";
import type { Results } from "../../src/training/result.js";
import { failed, madeResults } from "../support/results.js";

const accuracies = ({ runs }: Results, head: string): number[] =>
  runs.filter((run) => run.head === head).map((run) => run.best?.test.accuracy ?? Number.NaN);

const differenceOf = (results: Parameters<typeof study>[0], name: string) => {
  const { heads, differences } = study(results);
  return differences.get(heads.find((head) => head.name === name) as (typeof heads)[number]);
};

describe("study", () => {
  const results = madeResults({ classes: 10 });

  test("summarises what the runs of a head reached", () => {
    const { heads } = study(results);
    expect(heads.map(({ name, learned }) => [name, learned])).toEqual([
      ["learned", true],
      ["cosine", true],
      ["hadamard", false],
      ["product:8", false],
    ]);
    const hadamard = heads[2];
    expect(hadamard.runs.map(({ best }) => best.test.accuracy)).toEqual(accuracies(results, "hadamard"));
    expect(hadamard.seconds).toBe(5 + 6 + 7);
    expect(hadamard.nll).toBe(mean(hadamard.runs.map(({ best }) => best.test.nll)));
  });

  test("pairs by seeds, and says so", () => {
    const found = differenceOf(results, "hadamard");
    expect(found?.reference.name).toBe("learned");
    expect(found?.interval).toEqual(
      pairedBySeeds(accuracies(results, "hadamard"), accuracies(results, "learned")),
    );
    expect(found?.interval.method).toBe("paired, t over 3 seeds");
    expect(differenceOf(results, "learned")).toBeUndefined();
  });

  test("pairs the rows of a single seed", () => {
    const single = madeResults({ classes: 10, seeds: 1 });
    const bits = (head: string): Uint8Array => {
      const test = single.runs.find((run) => run.head === head)?.best?.test;
      return unpackBits(test?.correct ?? "", test?.rows ?? 0);
    };
    const found = differenceOf(single, "product:8");
    expect(found?.interval).toEqual(pairedByRows(bits("product:8"), bits("learned")));
    const [own, other] = ["product:8", "learned"].map((head) => accuracies(single, head)[0]);
    expect(found?.interval.value).toBeCloseTo(own - other, 12);
    expect(found?.interval.method).toContain("McNemar");
  });

  test("pairs only the seeds that both finished, and names those that did not", () => {
    const broken = {
      ...results,
      runs: results.runs.map((run) =>
        run.head === "hadamard" && run.seed === 1 ? failed(run, "the loss is NaN in epoch 3") : run,
      ),
    };
    const [own, other] = ["hadamard", "learned"].map((head) => accuracies(results, head));
    expect(differenceOf(broken, "hadamard")?.interval).toEqual(
      pairedBySeeds([own[0], own[2]], [other[0], other[2]], "seeds that both finished"),
    );
    expect(failures(study(broken))).toEqual([
      "failed: hadamard, seed 1, learning rate 0.01, after 2 epochs: the loss is NaN in epoch 3",
    ]);
  });

  test("takes the learning rate that is best on validation, for each head its own", () => {
    const swept = madeResults({ classes: 10, learningRates: [1, 0.01, 0.1] });
    const worse = {
      ...swept,
      // On the test part the rate that validation rejects would look better.
      runs: swept.runs.map((run) =>
        run.head === "cosine" && run.learningRate === 0.1 && run.best
          ? { ...run, best: { ...run.best, validation: { accuracy: 0.999, nll: 0.1 } } }
          : run,
      ),
    };
    const { heads } = study(worse);
    expect(heads.map(({ learningRate }) => learningRate)).toEqual([0.01, 0.1, 0.01, 0.01]);
    expect(heads[1].runs).toHaveLength(3);
  });

  test("pairs by folds", () => {
    const folded = madeResults({ classes: 10, folds: 4, seeds: 1 });
    expect(differenceOf(folded, "cosine")?.interval.method).toBe("paired, t over 4 folds");
    const both = madeResults({ classes: 10, folds: 2, seeds: 2 });
    expect(differenceOf(both, "cosine")?.interval.method).toBe("paired, t over 4 seeds and folds");
  });

  test("several files: paired on the same data, not on other data", () => {
    const learned = madeResults({ classes: 10, heads: ["learned"] });
    const fixed = madeResults({ classes: 10, heads: ["hadamard"] });
    const same = [
      { name: "a", results: learned },
      { name: "b", results: fixed },
    ];
    expect(study(same).notes).toEqual([]);
    expect(differenceOf(same, "b: hadamard")?.interval.method).toBe("paired, t over 3 seeds");
    const other = [same[0], { name: "b", results: { ...fixed, data: { ...fixed.data, hash: "another" } } }];
    expect(study(other).notes).toEqual([expect.stringContaining("2 data sets or splits")]);
    expect(differenceOf(other, "b: hadamard")?.interval.method).toBe("not paired, Welch over 3 and 3 seeds");
    const single = madeResults({ classes: 10, heads: ["hadamard"], seeds: 1, hash: "another" });
    const alone = [same[0], { name: "b", results: single }];
    expect(differenceOf(alone, "b: hadamard")?.interval.method).toBe("not paired, by rows of one seed each");
    // A head is measured against the learned one of its own file where there is one.
    const whole = madeResults({ classes: 10, hash: "another" });
    expect(differenceOf([same[0], { name: "b", results: whole }], "b: hadamard")?.reference.name).toBe(
      "b: learned",
    );
  });
});

describe("answers", () => {
  test("one sentence, with the best fixed head by validation", () => {
    const results = madeResults({ classes: 10 });
    const made = study(results);
    const [answer, ...others] = answers(made);
    expect(others).toEqual([]);
    const { interval } = made.differences.get(made.heads[2]) as { interval: { value: number } };
    expect(answer).toContain("hadamard, the best of 2 on validation");
    expect(answer).toContain(
      `a difference of ${(100 * interval.value).toFixed(2).replace("-", "−")}\u00a0points`,
    );
    expect(answer).toContain("paired, t over 3 seeds");
  });

  test("says which way the interval points", () => {
    const better = madeResults({
      classes: 10,
      heads: ["hadamard", "learned"],
      strength: 0.8,
      rows: 4000,
      seeds: 1,
    });
    const swapped = madeResults({
      classes: 10,
      heads: ["learned", "a", "b", "c", "hadamard"],
      rows: 4000,
      seeds: 1,
    });
    expect(answers(study(better))[0]).toContain("the fixed layer is better");
    const only = {
      ...swapped,
      runs: swapped.runs.filter(({ head }) => ["learned", "hadamard"].includes(head)),
    };
    expect(answers(study(only))[0]).toContain("the fixed layer is worse");
  });

  test("says what is missing", () => {
    const all = madeResults({ classes: 10, seeds: 1 });
    const without = (...heads: string[]): Results => ({
      ...all,
      runs: all.runs.filter(({ head }) => !heads.includes(head)),
    });
    expect(answers(study(without("learned")))[0]).toContain("no learned head finished");
    expect(answers(study(without("hadamard", "product:8")))[0]).toContain("No fixed head was trained");
    const none = { ...all, runs: all.runs.map((run) => failed(run, "NaN")) };
    expect(answers(study(none))[0]).toBe("None of 4 runs finished, so there is nothing to compare.");
  });
});

describe("of a text", () => {
  const exp = (runs: Results["runs"], head: string): number[] =>
    runs.filter((run) => run.head === head).map(({ best }) => Math.exp(best?.test.nll ?? Number.NaN));

  test("perplexities are compared, by their quotient", () => {
    const results = madeResults({ classes: 40, text: true });
    const made = study(results);
    const [answer] = answers(made);
    const found = differenceOf(results, "hadamard");
    const logs = ["hadamard", "learned"].map((head) => exp(results.runs, head).map(Math.log));
    const { value, low, high } = pairedBySeeds(logs[0], logs[1]);
    expect(found?.interval.value).toBeCloseTo(value, 12);
    expect(answer).toContain(`test perplexity is ${mean(exp(results.runs, "hadamard")).toFixed(2)}, against`);
    expect(answer).toContain(
      `a quotient of ${Math.exp(value).toFixed(3)}, 95\u00a0% interval ${Math.exp(low).toFixed(3)} to ${Math.exp(high).toFixed(3)} (paired, t over 3 seeds)`,
    );
  });

  test("less is better, and chosen by", () => {
    const best = madeResults({
      classes: 40,
      text: true,
      heads: ["hadamard", "a", "b", "learned"],
      rows: 2000,
    });
    expect(answers(study(best))[0]).toContain("the fixed layer is better");
    const sure = {
      ...best,
      runs: best.runs.map((run) =>
        run.head === "b" && run.best
          ? { ...run, best: { ...run.best, validation: { accuracy: 0, nll: 0 } } }
          : run,
      ),
    };
    expect(answers(study(sure))[0]).toContain("(b, the best of 3 on validation)");
  });

  test("one seed has no interval, as files keep no probabilities of rows", async () => {
    const results = madeResults({ classes: 40, text: true, seeds: 1 });
    expect(answers(study(results))[0]).toMatch(/a quotient of \d\.\d{3} \(one seed, no interval\)\.$/);
    const table = summaryTable(results, 200);
    expect(table).toMatch(/^hadamard +\d+\.\d\d {2,}\d\.\d{3} {2}/m);
    const page = await renderReport(results);
    expect(page).toContain("÷ learned");
    expect(page).not.toContain("NaN");
  });

  test("beside rows, accuracy is compared", () => {
    const both = [
      { name: "text", results: madeResults({ classes: 40, text: true, seeds: 1 }) },
      { name: "rows", results: madeResults({ classes: 4, seeds: 1, hash: "another" }) },
    ];
    expect(answers(study(both))[0]).toContain(
      "text: with a fixed last layer (hadamard, the best of 2 on validation) test accuracy",
    );
  });
});
