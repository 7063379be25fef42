// The browsers of the machine, by puppeteer-core, which brings none itself.
import { existsSync } from "node:fs";
import { type Browser, type LaunchOptions, launch, type Page } from "puppeteer-core";

export type BrowserName = "chromium" | "firefox";

interface Known {
  readonly paths: readonly string[];
  readonly install: string;
  readonly light: LaunchOptions;
  /** Of a reader who wants dark pages. */
  readonly dark: LaunchOptions;
}

const CHROMIUM_ARGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"];

const KNOWN: Record<BrowserName, Known> = {
  chromium: {
    paths: [
      process.env.CHROMIUM ?? "",
      "/usr/bin/chromium",
      "/usr/bin/chromium-browser",
      "/usr/bin/google-chrome",
    ],
    install: "apt-get install chromium, or name one by the variable CHROMIUM",
    light: { args: CHROMIUM_ARGS },
    dark: { args: [...CHROMIUM_ARGS, "--blink-settings=preferredColorScheme=0"] },
  },
  firefox: {
    paths: [process.env.FIREFOX ?? "", "/usr/bin/firefox-esr", "/usr/bin/firefox"],
    install: "apt-get install firefox-esr, or name one by the variable FIREFOX",
    light: { browser: "firefox" },
    dark: {
      browser: "firefox",
      extraPrefsFirefox: { "layout.css.prefers-color-scheme.content-override": 0 },
    },
  },
};

export const BROWSERS = Object.keys(KNOWN) as BrowserName[];

/** Where a browser is; null, with a line that says how to get it, if it is not there. */
export function find(name: BrowserName): string | null {
  const { paths, install } = KNOWN[name];
  const path = paths.find((candidate) => candidate !== "" && existsSync(candidate));
  if (path === undefined) console.warn(`skipped: no ${name} on this machine; ${install}`);
  return path ?? null;
}

export const start = (
  name: BrowserName,
  executablePath: string,
  colours: "light" | "dark" = "light",
): Promise<Browser> =>
  launch({ ...KNOWN[name][colours], executablePath, headless: true, protocolTimeout: 300_000 });

/** A new page, and what goes wrong on it. */
export async function open(browser: Browser, url: string): Promise<{ page: Page; problems: string[] }> {
  // A context of its own has storage of its own.
  const context = await browser.createBrowserContext();
  const page = await context.newPage();
  const problems: string[] = [];
  page.on("console", (message) => {
    if (["error", "warn"].includes(message.type())) problems.push(message.text());
  });
  page.on("pageerror", (error) => problems.push(String(error)));
  await page.setViewport({ width: 1280, height: 900 });
  await page.goto(url);
  return { page, problems };
}

/** Waits until the text of an element fits, and returns it. */
export async function textOf(
  page: Page,
  selector: string,
  pattern: RegExp,
  timeout = 240_000,
): Promise<string> {
  const read = (of: string): string => document.querySelector(of)?.textContent ?? "";
  try {
    await page.waitForFunction(
      (of: string, source: string) => new RegExp(source).test(document.querySelector(of)?.textContent ?? ""),
      { timeout, polling: 100 },
      selector,
      pattern.source,
    );
  } catch (error) {
    throw new Error(`${selector} says "${await page.evaluate(read, selector)}", not ${pattern}`, {
      cause: error,
    });
  }
  return page.evaluate(read, selector);
}
