// The report as Chromium shows it, on a phone and on a desk, in the light, in the dark and on paper.
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { type Browser, launch, type Page } from "puppeteer-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { renderReport } from "../../src/report/index.js";
import { failed, madeResults } from "../support/results.js";

const path = [
  process.env.CHROMIUM_PATH ?? "",
  process.env.CHROMIUM ?? "",
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
  "/usr/bin/google-chrome",
].find((candidate) => candidate !== "" && existsSync(candidate));
if (path === undefined)
  console.warn(
    "skipped: no chromium on this machine; apt-get install chromium, or name one by CHROMIUM_PATH",
  );

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

interface Violation {
  readonly id: string;
  readonly nodes: readonly { readonly html: string }[];
}

const OPEN_ALL = `for (const one of document.querySelectorAll("details")) one.open = true`;

const VIEWS = [
  [390, "light"],
  [390, "dark"],
  [1440, "light"],
  [1440, "dark"],
] as const;

describe.skipIf(path === undefined)("in Chromium", () => {
  const folder = mkdtempSync(join(tmpdir(), "report-"));
  let browser: Browser;
  beforeAll(async () => {
    const made = madeResults({
      classes: 10,
      epochs: 12,
      sweep: [1e-4, 3e-4, 0.001, 0.01].map((learningRate, i) => ({
        head: "learned",
        learningRate,
        validationAccuracy: 0.8 + 0.02 * i,
        chosen: i === 3,
      })),
    });
    const pages = {
      ten: { ...made, runs: made.runs.map((run, i) => (i === 4 ? failed(run, "the loss is NaN") : run)) },
      many: madeResults({
        classes: 200,
        seeds: 1,
        skewed: true,
        heads: ["learned", "hadamard", "cosine@5+product-8-from-class-means@10-and-a-name-that-is-long"],
        nameOf: (k) => `${"aVeryLongNameWithoutASpace".repeat(4)}-${k}`,
        name: "a/path/without/any/space/that/is/longer/than/a/phone/is/wide.parquet",
      }),
      thirty: madeResults({ classes: 30, seeds: 1 }),
      small: madeResults({ classes: 3, heads: ["learned", "hadamard"], epochs: 3, methods: true }),
    };
    for (const [name, results] of Object.entries(pages))
      writeFileSync(join(folder, `${name}.html`), await renderReport(results));
    browser = await launch({
      executablePath: path as string,
      args: ["--no-sandbox", "--disable-gpu"],
      headless: true,
    });
  });
  afterAll(async () => {
    await browser?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  async function open(
    name: string,
    width: number,
    scheme: string,
  ): Promise<{ page: Page; problems: string[] }> {
    const page = await browser.newPage();
    const problems: string[] = [];
    page.on("console", (message) => problems.push(message.text()));
    page.on("pageerror", (error) => problems.push(String(error)));
    page.on("request", (request) => {
      if (!request.url().startsWith(`${pathToFileURL(folder)}`) && !request.url().startsWith("data:"))
        problems.push(request.url());
    });
    await page.setViewport({ width, height: 844, isMobile: width < 600 });
    await page.emulateMediaFeatures([{ name: "prefers-color-scheme", value: scheme }]);
    await page.goto(String(pathToFileURL(join(folder, `${name}.html`))));
    return { page, problems };
  }

  describe.each(["ten", "many", "thirty", "small"])("%s", (name) => {
    test.each(VIEWS)("at %d pixels, %s: fits, and all is legible", async (width, scheme) => {
      const { page, problems } = await open(name, width, scheme);
      // Also with all data shown.
      for (const shown of [false, true]) {
        if (shown) await page.evaluate(OPEN_ALL);
        expect(await page.evaluate("document.documentElement.scrollWidth")).toBe(width);
      }
      const letters = await page.$$eval(".chart", (charts) =>
        charts.map(
          (chart) =>
            (12 * chart.getBoundingClientRect().width) / Number(chart.getAttribute("viewBox")?.split(" ")[2]),
        ),
      );
      expect(Math.min(...letters)).toBeGreaterThan(8);
      // Nothing of a chart is drawn beyond its edges.
      const cut = await page.$$eval(".chart", (charts) =>
        charts.flatMap((chart) => {
          const outer = chart.getBoundingClientRect();
          return [...chart.querySelectorAll("text, path, line")]
            .filter((mark) => {
              const { left, right, top, bottom } = mark.getBoundingClientRect();
              return (
                left < outer.left - 2 ||
                right > outer.right + 2 ||
                top < outer.top - 2 ||
                bottom > outer.bottom + 2
              );
            })
            .map(
              (mark) =>
                `${chart.getAttribute("aria-label")?.slice(0, 40)}: ${mark.textContent || mark.outerHTML}`,
            );
        }),
      );
      expect(cut).toEqual([]);
      const ground = await page.evaluate("getComputedStyle(document.body).backgroundColor");
      expect(ground).toBe(scheme === "dark" ? "rgb(20, 23, 26)" : "rgb(255, 255, 255)");
      expect(problems).toEqual([]);
      await page.close();
    });
  });

  test.each(["light", "dark"])("has nothing that axe complains of, %s", async (scheme) => {
    const { page } = await open("small", 1440, scheme);
    await page.evaluate(OPEN_ALL);
    await page.evaluate(axe);
    const found = (await page.evaluate(
      "axe.run({ preload: false }).then(({ violations }) => violations)",
    )) as Violation[];
    expect(found.map(({ id, nodes }) => `${id}: ${nodes[0].html}`)).toEqual([]);
    await page.close();
  });

  test("prints, in the colours of paper", async () => {
    const { page } = await open("ten", 1440, "dark");
    const pdf = await page.pdf({ format: "A4" });
    expect(Buffer.from(pdf.subarray(0, 5)).toString()).toBe("%PDF-");
    await page.emulateMediaType("print");
    expect(await page.evaluate("getComputedStyle(document.body).backgroundColor")).toBe("rgb(255, 255, 255)");
    await page.close();
  });
});
