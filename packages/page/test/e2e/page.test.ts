// The built page in the browsers of this machine, under policies of content.
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import type { Browser, Page } from "puppeteer-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { BROWSERS, find, open, start, textOf } from "./browsers.js";
import { type Host, serve } from "./server.js";

const WITH_WASM = "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'";
const WITHOUT_WASM = "default-src 'self'; script-src 'self'";

const require = createRequire(import.meta.url);
const axe = await readFile(require.resolve("axe-core/axe.min.js"), "utf8");

interface Violation {
  readonly id: string;
  readonly nodes: readonly { readonly html: string }[];
}

/** What axe finds: WCAG 2.2 A and AA, and its best practices. */
async function violations(page: Page): Promise<string[]> {
  await page.evaluate(axe);
  const found = (await page.evaluate("axe.run().then(({ violations }) => violations)")) as Violation[];
  return found.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(" ")}`);
}

const press = async (page: Page, keys: readonly string[]): Promise<void> => {
  for (const key of keys) await page.keyboard.press(key as "Tab");
};

const focused = (page: Page): Promise<string | undefined> => page.evaluate(() => document.activeElement?.id);

async function train(page: Page, { epochs, compare }: { epochs: number; compare: boolean }): Promise<void> {
  await page.select("#epochs", String(epochs));
  if (!compare) await page.click("#compare");
  await page.click("#start");
  await textOf(page, "#train-status", /^(Done|Not trained)/);
  expect(await page.$eval("#train-error", (element) => element.textContent)).toBe("");
}

/** Takes the test image of a number, and returns the name of its class and the answer. */
async function takeImage(page: Page, index: number): Promise<string[]> {
  await page.evaluate((number) => {
    Math.random = () => (number + 0.5) / 1000;
  }, index);
  await page.click("#example");
  const label = await textOf(page, "#truth", new RegExp(`^Test image ${index + 1} of 1000`));
  await textOf(page, "#answer", /^Looks like/);
  // The answer is said once the hand rests.
  await new Promise((resolve) => setTimeout(resolve, 1000));
  const answer = await textOf(page, "#answer", /^Looks like/);
  return [/“(.+)”/.exec(label)?.[1] ?? "", /: (.+), /.exec(answer)?.[1] ?? ""];
}

const widthOf = (page: Page): Promise<number> => page.evaluate(() => document.documentElement.scrollWidth);

describe.each(BROWSERS)("%s", (name) => {
  const path = find(name);
  let browser: Browser;
  let host: Host;
  let strict: Host;

  beforeAll(async () => {
    if (path === null) return;
    [browser, host, strict] = await Promise.all([start(name, path), serve(WITH_WASM), serve(WITHOUT_WASM)]);
  });
  afterAll(async () => {
    await Promise.all([browser?.close(), host?.close(), strict?.close()]);
  });

  test.skipIf(path === null)("trains both heads, names images, and brings the network back", async () => {
    const { page, problems } = await open(browser, host.url);
    expect(await violations(page)).toEqual([]);
    await train(page, { epochs: 3, compare: true });
    expect(await textOf(page, "#runtime", /wasm/)).toMatch(
      /runs on wasm simd128, .* TensorFlow\.js, wasm\.$/,
    );

    const rows = await page.$$eval("#result-rows tr", (all) => all.map((row) => row.textContent ?? ""));
    const accuracies = rows.map((row) => Number(/^\D+([\d.]+)/.exec(row)?.[1]));
    expect(accuracies).toHaveLength(2);
    for (const accuracy of accuracies) expect(accuracy).toBeGreaterThan(80);
    expect(rows.map((row) => /%([\d,]+)$/.exec(row)?.[1])).toEqual(["11", "650"]);
    expect(await textOf(page, "#loss-text", /^After/)).toMatch(
      /fixed head from [\d.]+ to 0\.\d+; learned head/,
    );

    const images = [2, 100, 500, 700, 900];
    const answers = [];
    for (const index of images) answers.push(await takeImage(page, index));
    expect(answers.filter(([label, answer]) => label === answer).length).toBeGreaterThanOrEqual(4);
    expect(await violations(page)).toEqual([]);

    await page.reload();
    expect(await textOf(page, "#train-status", /last visit:/)).toContain(`${accuracies[0]}\u00a0%`);
    const [label, answer] = await takeImage(page, images[0] as number);
    expect(answer).toBe(label);
    expect(problems).toEqual([]);
  });

  test.skipIf(path === null)("names what a mouse draws", async () => {
    const { page, problems } = await open(browser, host.url);
    await train(page, { epochs: 3, compare: false });
    await page.$eval("#width", (input) => {
      (input as HTMLInputElement).value = "5";
      input.dispatchEvent(new Event("input"));
    });
    // Two legs and a waist.
    await page.$eval("#sheet", (sheet) => sheet.scrollIntoView({ block: "center" }));
    const box = await (await page.$("#canvas"))?.boundingBox();
    const { x, y, width, height } = box as NonNullable<typeof box>;
    const at = (across: number, down: number): [number, number] => [x + across * width, y + down * height];
    await page.mouse.move(...at(0.38, 0.92));
    await page.mouse.down();
    for (const place of [at(0.4, 0.1), at(0.6, 0.1), at(0.62, 0.92)])
      await page.mouse.move(...place, { steps: 10 });
    await page.mouse.up();
    await textOf(page, "#answer", /^Looks like: trousers/, 10_000);
    expect(problems).toEqual([]);
  });

  test.skipIf(path === null)("is worked by keyboard alone", async () => {
    const { page, problems } = await open(browser, host.url);
    await press(page, ["Tab", "Tab"]);
    expect(await focused(page)).toBe("epochs");
    await press(page, ["Home", "Tab", " ", "Tab", "Enter"]);
    expect(await focused(page)).toBe("stop");
    expect(await textOf(page, "#train-status", /^Done/)).toContain("after 1 epochs");
    expect(await focused(page)).toBe("start");
    for (let i = 0; i < 5 && (await focused(page)) !== "sheet"; i++) await press(page, ["Tab"]);
    expect(await focused(page)).toBe("sheet");
    await press(page, [" ", ...new Array(8).fill("ArrowDown"), ...new Array(6).fill("ArrowRight"), " "]);
    expect(await textOf(page, "#cursor", /pen up/)).toBe("pen up");
    await textOf(page, "#answer", /^Looks like/, 10_000);
    await press(page, ["Delete"]);
    await textOf(page, "#answer", /^Draw something/, 10_000);
    expect(problems).toEqual([]);
  });

  test.skipIf(path === null)("measures heads up to a million classes, on a phone's width too", async () => {
    const { page, problems } = await open(browser, host.url);
    await page.setViewport({ width: 360, height: 740 });
    await page.click("#time");
    await textOf(page, "#time-status", /^(Measured|Not)/);
    await page.click("#time-details summary");
    const rows = await page.$$eval("#time-rows tr", (all) =>
      all.map((row) => [...row.children].map((cell) => cell.textContent ?? "")),
    );
    expect(rows.map(([classes]) => classes)).toEqual([
      "10",
      "32",
      "100",
      "316",
      "1,000",
      "3,162",
      "10,000",
      "31,623",
      "100,000",
      "316,228",
      "1,000,000",
    ]);
    for (const [, fixed] of rows) expect(Number.parseFloat(fixed as string)).toBeGreaterThan(0);
    expect(rows.at(-1)).toEqual([
      "1,000,000",
      expect.stringMatching(/\d\u00a0(ms|µs)$/),
      "not tried",
      "2.05\u00a0GB",
    ]);
    expect(await textOf(page, "#time-text", /1,000 classes/)).toMatch(/1,000,000 classes: .* in proportion/);
    expect(await widthOf(page)).toBeLessThanOrEqual(360);
    expect(await violations(page)).toEqual([]);
    expect(problems).toEqual([]);
  });

  test.skipIf(path === null)(
    "works where WebAssembly is forbidden",
    async () => {
      const { page, problems } = await open(browser, strict.url);
      await page.click("#compare");
      await page.click("#start");
      expect(await textOf(page, "#runtime", /scalar/)).toMatch(
        /runs on js scalar, .* TensorFlow\.js, JavaScript\.$/,
      );
      await textOf(page, "#train-notice", /^This site or browser forbids WebAssembly/);
      // It is slow; a part of an epoch teaches enough to tell trousers from shoes.
      await textOf(page, "#loss-text", /^After (0\.1[5-9]|0\.[2-9]|[1-9])/);
      await page.click("#stop");
      await textOf(page, "#train-status", /^Stopped/);
      const [label, answer] = await takeImage(page, 2);
      expect(answer).toBe(label);
      expect(problems).toEqual([]);
    },
    400_000,
  );

  test.skipIf(path === null)("says what does not arrive, and tries again", async () => {
    const { page } = await open(browser, host.url);
    host.broken.add("train-images");
    await page.select("#epochs", "1");
    await page.click("#compare");
    await page.click("#start");
    expect(await textOf(page, "#train-error", /\S/)).toMatch(
      /^Training failed: train-images.* could not be fetched: the server says 404$/,
    );
    host.broken.clear();
    await page.click("#start");
    await textOf(page, "#train-status", /^Epoch 1/);
    await page.click("#stop");
    expect(await textOf(page, "#train-status", /^Stopped/)).toMatch(/^Stopped after 0\.\d+ epochs/);
    expect(await page.$eval("#train-error", (element) => element.textContent)).toBe("");

    host.broken.add("worker");
    await page.reload();
    await page.click("#time");
    expect(await textOf(page, "#time-error", /\S/)).toContain("the program could not be loaded");
    host.broken.clear();
  });

  test.skipIf(path === null)("can be read in dark colours", async () => {
    const dark = await start(name, path as string, "dark");
    try {
      const { page } = await open(dark, host.url);
      const background = await page.evaluate(() => getComputedStyle(document.body).backgroundColor);
      expect(background).toBe("rgb(16, 21, 20)");
      expect(await violations(page)).toEqual([]);
    } finally {
      await dark.close();
    }
  });

  test.skipIf(path === null || name !== "chromium")("says that a full disk keeps nothing", async () => {
    const { page, problems } = await open(browser, host.url);
    const devTools = await page.createCDPSession();
    const { origin } = new URL(host.url);
    await devTools.send("Storage.overrideQuotaForOrigin", { origin, quotaSize: 1000 });
    await page.click("#compare");
    await page.click("#start");
    await textOf(page, "#train-status", /^Epoch 1/);
    await page.click("#stop");
    expect(await textOf(page, "#storage-notice", /\S/)).toBe(
      "The network works, but could not be kept for your next visit: " +
        "the browser did not write it, its storage may be full.",
    );
    await page.reload();
    await textOf(page, "#train-status", /^Nothing trained yet/);
    expect(problems).toEqual([]);
  });
});
