import { load } from "cheerio";
import { beforeAll, describe, expect, test } from "vitest";
import { mean, pairedBySeeds } from "../../src/metrics/statistics.js";
import { points } from "../../src/report/format.js";
import { renderReport } from "../../src/report/index.js";
import type { Results, RunResult } from "../../src/training/result.js";
import { madeResults } from "../support/results.js";

const percent = (share: number): string => (100 * share).toFixed(2);

describe("the section of methods", () => {
  let results: Results;
  let tables: Map<string, string[][]>;
  let text: string;
  let pictures: string[];
  const runsOf = (head: string): RunResult[] => results.runs.filter((run) => run.head === head);

  beforeAll(async () => {
    results = madeResults({ classes: 4, heads: ["learned", "hadamard"], methods: true });
    const $ = load(await renderReport(results));
    const section = $('section[aria-labelledby="methods"]');
    const named = section.find("div.scroll").toArray();
    tables = new Map(
      named.map((box) => [
        $(box).attr("aria-label") ?? "",
        $(box)
          .find("tbody tr")
          .toArray()
          .map((row) =>
            $(row)
              .children()
              .toArray()
              .map((cell) => $(cell).text()),
          ),
      ]),
    );
    text = section.text();
    pictures = section
      .find("img")
      .toArray()
      .map((image) => $(image).attr("src") ?? "");
  });

  test("averaged weights stand beside those that were trained", () => {
    const before = runsOf("hadamard").map(({ best }) => best?.test.accuracy ?? 0);
    const after = runsOf("hadamard").map(({ methods }) => methods?.averaged?.best.test.accuracy ?? 0);
    const { value, low, high } = pairedBySeeds(after, before);
    const [, name, trained, averaged, difference] = tables.get("Averaged weights")?.[1] ?? [];
    expect(name).toBe("pswa:10");
    expect(trained).toContain(percent(mean(before)));
    expect(averaged).toContain(percent(mean(after)));
    expect(difference).toBe(`${points(value)} [${points(low)}, ${points(high)}]`);
  });

  test("strangers are told by each score, before and after fine-tuning", () => {
    const rows = tables.get("Rows of no class told from the test part") ?? [];
    expect(rows.map(([name]) => name)).toEqual(
      ["learned", "hadamard"].flatMap((head) =>
        [`${head}: held out`, `${head}: digits.npy`, `${head} tuned: held out`].flatMap((name) => [
          name,
          name,
          name,
        ]),
      ),
    );
    expect(rows[0]).toEqual(["learned: held out", "energy", "90.00", "85.00", "10.00", "−8.15", "−4.50"]);
    expect(rows[5].slice(0, 3)).toEqual(["learned: digits.npy", "energy with lengths", "81.00"]);
  });

  test("fine-tuning that failed is named and in no mean", () => {
    expect(text).toContain("hadamard, seed 1: the loss is NaN in step 12");
    const accuracies = runsOf("hadamard").flatMap(({ methods }) =>
      methods?.tuned?.failure === null ? [methods.tuned.test.accuracy] : [],
    );
    expect(accuracies).toHaveLength(2);
    expect(tables.get("Fine-tuned by energy margins")?.[1][2]).toContain(percent(mean(accuracies)));
  });

  test("samples of a density are shown, from the page itself only", async () => {
    expect(pictures).toHaveLength(2);
    expect(pictures[0]).toMatch(/^data:image\/png;base64,/);
    expect(tables.get("Densities")).toEqual([
      ["learned", "−1.500", "−1.250"],
      ["hadamard", "−1.500", "−1.250"],
    ]);
    const elsewhere = structuredClone(results) as unknown as {
      runs: { methods: { density: { pictures: string } } }[];
    };
    for (const run of elsewhere.runs) run.methods.density.pictures = "http://example.org/x.png";
    expect(await renderReport(elsewhere as unknown as Results)).not.toContain("example.org");
  });

  test("is not there where no method was asked for", async () => {
    const page = await renderReport(madeResults({ classes: 4, heads: ["learned", "hadamard"], seeds: 1 }));
    expect(page).not.toContain('id="methods"');
  });
});
