import { describe, expect, test } from "vitest";
import { resultsOf } from "../compare.js";
import { keyOf, summarize } from "../kept.js";
import { pageOf } from "../page.js";
import { trainArguments } from "../row.js";
import { ROWS } from "../sets.js";
import { verdicts } from "../targets.js";
import { made, SET } from "./made.js";

/** @import { KeptRow } from "../kept.js" */

/** @param {KeptRow[]} rows */
const results = (...rows) => resultsOf(SET, (id) => rows.find(({ row }) => row === id));

const learned = made("learned", [0.9, 0.91, 0.92]);

describe("comparison", () => {
  test("the best fixed head is chosen by validation, not by the test part", () => {
    const { best } = results(
      learned,
      made("hadamard", [0.99, 0.99, 0.99], { validation: 0.7 }),
      made("product:8", [0.8, 0.8, 0.8], { validation: 0.8 }),
      made("cosine", [1, 1, 1], { validation: 0.9 }),
    );
    expect(best?.head).toBe("product:8");
  });

  test("differences are paired by seeds", () => {
    // By seed + 1.0, + 1.0 and + 0.4: mean 0.8, deviation 0.3464, t of two degrees of freedom 4.3027.
    const page = pageOf([results(learned, made("hadamard", [0.91, 0.92, 0.924]))]);
    expect(page).toMatch(/\| `hadamard` .*\+0\.80 \[−0\.06, \+1\.66\]/);
    expect(page).toMatch(/\| `learned` +\| 91\.00 ± 1\.00 \|/);
  });

  test("rows of other data are not compared", () => {
    const other = made("hadamard", [0.9, 0.9, 0.9]);
    other.data.hash = "another";
    expect(() => pageOf([results(learned, other)])).toThrow(/different data/);
  });
});

describe("targets", () => {
  /** @param {KeptRow[]} rows */
  const metOf = (...rows) => verdicts([results(...rows)]).map(({ met }) => met);

  test("half a point, five percent of NLL and half a point of ECE may be lost, not more", () => {
    const within = made("hadamard", [0.896, 0.906, 0.916], { nll: 1.04, ece: 0.0249 });
    expect(metOf(learned, within)).toEqual([true, true, true]);
    const beyond = made("hadamard", [0.894, 0.904, 0.914], { nll: 1.06, ece: 0.0251 });
    expect(metOf(learned, beyond)).toEqual([false, false, false]);
    expect(metOf(learned)).toEqual([null, null, null]);
  });

  test("perplexities are compared by their quotient, and hadamard is told beside", () => {
    const words = { ...SET, measure: /** @type {const} */ ("perplexity") };
    const at = (/** @type {string} */ head, /** @type {number} */ factor) =>
      made(head, [0.5, 0.5], { nll: (1 + Math.log(factor)) / 2 });
    const rows = [at("learned", 1), at("hadamard", 1.5), at("product:8", 1.04)];
    rows[0] = at("learned", 1);
    const [{ found, met }] = verdicts([resultsOf(words, (id) => rows.find(({ row }) => row === id))]);
    expect(found).toBe("1.040 (`product:8`); `hadamard` 1.500");
    expect(met).toBe(true);
  });
});

describe("page", () => {
  test("tells what failed, what is missing and what is particular to a head", () => {
    const page = pageOf([results(learned, made("product:8", [0.8, null, 0.8]))]);
    expect(page).toContain("`product:8`, seed 1, failed: the loss became NaN.");
    expect(page).toContain("Made (2 heads not run yet)");
    expect(page).toContain("`product:8` (trunk linear:8)");
    expect(page).toContain("1,234 rows train");
    expect(page).toContain("| ImageNet  | DenseNet-169 |    76.2 |  76.0 |");
    const lost = pageOf([results(learned, made("hadamard", [0.8, 0.8, 0.8]))]);
    expect(lost).toMatch(
      /best fixed head − learned .*−11\.00 \(`hadamard`\) \| \*\*missed\*\* \| no reason is known/,
    );
  });

  test("is there before any row is", () => {
    expect(pageOf([results()])).toContain("No set has both heads yet.");
  });
});

describe("rows", () => {
  test("their key changes with data and options, not with their order", () => {
    const [row] = ROWS;
    const { options, set } = row;
    const reordered = Object.fromEntries(Object.entries(options).reverse());
    expect(keyOf({ ...row, options: reordered })).toBe(keyOf(row));
    expect(keyOf({ ...row, options: { ...options, epochs: 99 } })).not.toBe(keyOf(row));
    const files = { ...set.source.files, more: "0" };
    expect(keyOf({ ...row, set: { ...set, source: { ...set.source, files } } })).not.toBe(keyOf(row));
    expect(new Set(ROWS.map(keyOf)).size).toBe(ROWS.length);
  });

  test("are run by the command that everybody has", () => {
    const row = { ...ROWS[0], head: "hadamard", options: { trunk: "none", lr: 2e-3 } };
    expect(trainArguments(row, ["x.npy", "y.npy"]).join(" ")).toBe(
      "x.npy y.npy --heads hadamard --trunk none --lr 0.002",
    );
  });

  test("keep of results what the page needs, and the median of times", () => {
    const scores = { ...made("x", [0.5]).runs[0].best?.test, perClass: [1], confusion: [[1]] };
    const run = {
      head: "learned",
      seed: 0,
      status: "done",
      failure: null,
      learningRate: 0.1,
      epochs: [{}, {}],
      best: { epoch: 2, validation: { accuracy: 0.5, nll: 1 }, test: scores },
      parameters: { trunk: 1, head: 2 },
      headBytes: 8,
      seconds: 1.23456,
    };
    const times = [3, 1, 2].map((head) => ({ ...run, stepMilliseconds: { head, all: 10 * head } }));
    const data = {
      name: "d",
      hash: "h",
      classes: ["a", "b"],
      shape: [1],
      rows: {},
      counts: [1, 2],
      notes: [],
    };
    const kept = summarize(
      ROWS[0],
      /** @type {any} */ ({ data, environment: {}, runs: times, baselines: [] }),
      5,
    );
    expect(kept.stepMilliseconds).toEqual({ head: 2, all: 20 });
    expect(kept.data.classes).toBe(2);
    expect(kept.seconds).toBe(3.704);
    expect(kept.runs[0].best).toMatchObject({ epoch: 2, of: 2, test: { accuracy: 0.5 } });
    expect(kept.runs[0].best?.test).not.toHaveProperty("confusion");
  });
});
