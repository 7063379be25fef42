import { type Cheerio, type CheerioAPI, load } from "cheerio";
import { afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import { mean } from "../../src/metrics/statistics.js";
import { renderReport } from "../../src/report/index.js";
import type { Results, RunResult, TestScores } from "../../src/training/result.js";
import { failed, madeResults } from "../support/results.js";

/** The page as a reader of HTML has it, with all that this reader complains of. */
function parsed(page: string): { $: CheerioAPI; errors: string[] } {
  const errors: string[] = [];
  const options = { onParseError: ({ code }: { code: string }) => errors.push(code) };
  return { $: load(page, options), errors };
}

const cellsOf = ($: CheerioAPI, row: Parameters<CheerioAPI>[0]): string[] =>
  $(row)
    .children("th, td")
    .toArray()
    .map((cell) => $(cell).text());

/** Rows of the data behind the figure with a title. */
function dataOf($: CheerioAPI, section: string, title: string): string[][] {
  const found = $(`section[aria-labelledby="${section}"] figure`).filter(
    (_, figure) => $(figure).children("figcaption").text() === title,
  );
  expect(found, `${section}: ${title}`).toHaveLength(1);
  return found
    .find("details tbody tr")
    .toArray()
    .map((row) => cellsOf($, row));
}

const runsOf = ({ runs }: Results, head: string): RunResult[] => runs.filter((run) => run.head === head);

const meanOf = (results: Results, head: string, value: (scores: TestScores) => number): number =>
  mean(runsOf(results, head).map(({ best }) => value((best as { test: TestScores }).test)));

const percent = (share: number): string => (100 * share).toFixed(2).replace("-", "−");

const SECTIONS = [
  "results",
  "differences",
  "training",
  "calibration",
  "confusions",
  "classes",
  "coverage",
  "timings",
];
const ENDS = ["data", "environment", "options", "command"];

describe("renderReport", () => {
  const warn = vi.spyOn(console, "warn");
  afterEach(() => {
    expect(warn).not.toHaveBeenCalled();
  });

  describe.each([
    ["10 classes, three seeds, a failed run", 10],
    ["200 classes of unequal size, one seed", 200],
  ])("%s", (_, classes) => {
    let results: Results;
    let page: string;
    let $: CheerioAPI;
    beforeAll(async () => {
      const made = madeResults(
        classes === 10 ? { classes, epochs: 12 } : { classes, seeds: 1, skewed: true },
      );
      results =
        classes === 200
          ? made
          : { ...made, runs: made.runs.map((run, i) => (i === 4 ? failed(run, "the loss is lost") : run)) };
      page = await renderReport(results);
      $ = parsed(page).$;
    });

    test("is HTML without a fault, and needs neither network nor script", () => {
      expect(parsed(page).errors).toEqual([]);
      expect($("script, link, img, iframe, object").length).toBe(0);
      expect(page).not.toMatch(/https?:|\bsrc=|@import|url\(/);
      expect(
        $("[href]")
          .toArray()
          .every((link) => $(link).attr("href")?.startsWith("#")),
      ).toBe(true);
      expect(
        $("*")
          .toArray()
          .some((node) => Object.keys($(node).attr() ?? {}).some((name) => name.startsWith("on"))),
      ).toBe(false);
    });

    test("has every section, and a link to it", () => {
      expect(
        $("section > h2")
          .toArray()
          .map((title) => $(title).attr("id")),
      ).toEqual(SECTIONS);
      for (const id of [...SECTIONS, ...ENDS]) expect($(`nav a[href="#${id}"]`), id).toHaveLength(1);
      const ids = $("[id]")
        .toArray()
        .map((node) => $(node).attr("id"));
      expect(new Set(ids).size).toBe(ids.length);
    });

    test("tells each chart in words and in numbers", () => {
      const figures = $("figure").toArray();
      expect(figures.length).toBeGreaterThan(12);
      for (const figure of figures) {
        const chart = $(figure).find("svg.chart");
        expect(chart.attr("role")).toBe("img");
        expect(chart.attr("aria-label")).toMatch(/\d.*\.$/);
        expect(chart.attr("viewBox")).toMatch(/^0 0 \d+ \d+$/);
        expect($(figure).find("details table tbody tr").length).toBeGreaterThan(0);
      }
      expect(page).not.toContain("NaN");
      expect(page).not.toContain("undefined");
    });

    test("has the figures of the results", () => {
      const rows = $("#results")
        .parent()
        .find("table")
        .first()
        .find("tbody tr")
        .toArray()
        .map((row) => cellsOf($, row));
      expect(rows.map(([name]) => name)).toEqual([
        "learned",
        "cosine",
        "hadamard",
        "product:8",
        "k-nearest neighbours",
        "logistic regression",
      ]);
      const hadamard = rows[2];
      expect(hadamard[1].startsWith(percent(meanOf(results, "hadamard", ({ accuracy }) => accuracy)))).toBe(
        true,
      );
      const nll = [
        meanOf(results, "hadamard", (scores) => scores.nll),
        meanOf(results, "hadamard", (scores) => scores.calibrated.nll),
      ];
      expect(hadamard[4]).toBe(nll.map((value) => value.toFixed(3)).join("→"));
      expect(rows[4][1]).toBe(percent(results.baselines[0].test.accuracy));

      const last = dataOf($, "training", "Accuracy, validation").at(-1) as string[];
      const reached = mean(
        runsOf(results, "product:8").map(({ epochs }) => epochs.at(-1)?.validationAccuracy ?? 0),
      );
      expect(last).toEqual([String(results.runs[0].epochs.length), ...last.slice(1, 4), percent(reached)]);

      const coverage = dataOf($, "coverage", "Accuracy where only the surest rows are answered");
      expect(coverage.at(-1)).toEqual([
        "100",
        ...["learned", "cosine", "hadamard", "product:8"].map((head) =>
          head === "cosine" && classes === 10
            ? rows[1][1].slice(0, 5)
            : percent(meanOf(results, head, ({ accuracy }) => accuracy)),
        ),
      ]);

      const bins = dataOf($, "calibration", "learned");
      const counted = bins.reduce((sum, row) => sum + Number(row[1].replace(",", "")), 0);
      expect(counted).toBe(results.data.rows.test * runsOf(results, "learned").length);
      expect(dataOf($, "timings", "Time of a training step")[0].slice(0, 3)).toEqual([
        "learned",
        "1.23",
        "4.5",
      ]);
      expect($("pre").text()).toBe(results.command);
      expect($("#data").parent().text()).toContain(results.data.hash);
    });

    test("shows which classes are taken for which", () => {
      if (classes === 10) {
        const rows = dataOf($, "confusions", "Confusion matrix, hadamard");
        const sum = (i: number, j: number): number =>
          runsOf(results, "hadamard").reduce((all, { best }) => all + (best?.test.confusion?.[i][j] ?? 0), 0);
        expect(rows[3]).toEqual(["class 3", ...Array.from({ length: 10 }, (_, j) => String(sum(3, j)))]);
        expect($("#confusions").parent().find("figure")).toHaveLength(4);
      } else {
        const [[pair, count]] = dataOf($, "confusions", "Worst pairs, hadamard");
        const {
          label,
          predicted,
          count: told,
        } = runsOf(results, "hadamard")[0].best?.test.worstPairs[0] ?? {};
        expect([pair, count]).toEqual([`class ${label} → class ${predicted}`, String(told)]);
      }
    });
  });

  test("names of users stay text", async () => {
    const evil = [
      `<img src=x onerror=alert(1)>`,
      `"+alert(1)+"`,
      `</style><script>x</script>`,
      `it's & "that"`,
      "a\u0000b\u2028c",
      "ß → 字",
    ];
    const made = madeResults({
      classes: 6,
      heads: ["learned", "<b>hadamard</b>"],
      seeds: 1,
      nameOf: (k) => evil[k],
      name: "</title><script>",
    });
    const results = { ...made, command: "npx x <in.npz >'out'", runs: made.runs };
    for (const source of [
      results,
      { ...results, runs: results.runs.map((run) => failed(run, "<i>no</i>")) },
    ]) {
      const { $, errors } = parsed(await renderReport(source));
      expect(errors).toEqual([]);
      expect($("script, img, b, i")).toHaveLength(0);
      expect($("title").text()).toContain("</title><script>");
      expect($("pre").text()).toBe(results.command);
    }
    const { $ } = parsed(await renderReport(results));
    const names = dataOf($, "confusions", "Confusion matrix, <b>hadamard</b>").map(([name]) => name);
    expect(names).toEqual(evil.map((name) => name.replace("\u0000", "\ufffd")));
    expect($("svg.chart text").text()).toContain(`it's & "that"`);
    expect($("svg.chart text").text()).toContain(`"+alert(1)+"`);
  });

  test("is the same bytes for the same results", async () => {
    const results = madeResults({ classes: 5, heads: ["learned", "hadamard"], seeds: 1 });
    expect(await renderReport(results)).toBe(await renderReport(structuredClone(results)));
  });

  test("stays below a megabyte with ten heads, three seeds and 1,000 classes", async () => {
    const heads = [
      "learned",
      "cosine",
      "hadamard",
      "orthogonal",
      "simplex",
      "product:2",
      "product:4",
      "product:8",
      "product:16",
      "blended:8",
    ];
    const page = await renderReport(
      madeResults({ classes: 1000, heads, skewed: true, epochs: 200, rows: 100 }),
    );
    expect(Buffer.byteLength(page)).toBeLessThan(1e6);
    expect(parsed(page).errors).toEqual([]);
  });

  test("balanced classes stand in the order of their F1", async () => {
    const results = madeResults({ classes: 10, seeds: 1 });
    const { $ } = parsed(await renderReport(results));
    const rows = dataOf($, "classes", "F1 of classes, which are of about the same size");
    const f1 = rows.map((row) => Number(row[2]));
    expect(f1).toEqual(f1.toSorted((a, b) => b - a));
    expect(f1[0]).toBeCloseTo(
      100 * Math.max(...(results.runs[0].best?.test.perClass ?? []).map((one) => one.f1)),
      2,
    );
  });

  test("shows the learning rates that were tried", async () => {
    const sweep = ["learned", "hadamard"].flatMap((head) => [
      { head, learningRate: 0.1, validationAccuracy: head === "learned" ? null : 0.9123, chosen: false },
      { head, learningRate: 0.01, validationAccuracy: 0.95, chosen: true },
    ]);
    const results = madeResults({ classes: 5, heads: ["learned", "hadamard"], seeds: 1, sweep });
    const { $ } = parsed(await renderReport(results));
    expect(dataOf($, "rates", "Learning rates that were tried")).toEqual([
      ["learned", "0.1", "failed", ""],
      ["learned", "0.01", "95.00", "chosen"],
      ["hadamard", "0.1", "91.23", ""],
      ["hadamard", "0.01", "95.00", "chosen"],
    ]);
  });

  test("what was not measured is not told as zero", async () => {
    const made = madeResults({ classes: 5, heads: ["learned", "hadamard"], seeds: 1, text: true });
    const stepMilliseconds = { head: 0, all: 0 };
    const results = { ...made, runs: made.runs.map((run) => ({ ...run, stepMilliseconds })) };
    const page = await renderReport(results);
    const { $ } = parsed(page);
    expect(dataOf($, "timings", "Time of a training step")[0].slice(0, 3)).toEqual(["learned", "–", "–"]);
    expect(page).not.toContain("NaN");
    expect($("#data").parent().text()).not.toContain("numbers a row");
    const options = $("dl.options div")
      .toArray()
      .map((one) => [$(one).children("dt").text(), $(one).children("dd").text()]);
    expect(options[0]).toEqual(["heads", "learned, hadamard"]);
    expect(options).toHaveLength(Object.keys(made.options).length);
  });

  test("of several experiments tells which is which, and what cannot be paired", async () => {
    const sources = [
      { name: "first", results: madeResults({ classes: 10, seeds: 1 }) },
      { name: "second", results: madeResults({ classes: 40, seeds: 2, hash: "another" }) },
    ];
    const { $, errors } = parsed(await renderReport(sources));
    expect(errors).toEqual([]);
    expect($(".answer")).toHaveLength(2);
    expect($("header .failed").text()).toContain("2 data sets or splits");
    const names = (nodes: Cheerio<never>): string[] => nodes.toArray().map((node) => $(node).text());
    expect(names($("#classes").parent().find("figcaption") as Cheerio<never>)).toHaveLength(2);
    expect(names($("h3") as Cheerio<never>)).toContain("Data: second");
  });

  test("where nothing finished says so, and what was tried", async () => {
    const made = madeResults({ classes: 5, seeds: 1 });
    const { $, errors } = parsed(
      await renderReport({ ...made, runs: made.runs.map((run) => failed(run, "the loss is NaN")) }),
    );
    expect(errors).toEqual([]);
    expect($(".answer").text()).toContain("None of 4 runs finished");
    expect($("ul.failed li")).toHaveLength(4);
    expect($("#command").next().text()).toBe(made.command);
  });
});
