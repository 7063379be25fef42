// Opens a page in Chromium and reads what it was told; what the page says on its console, and what it misses, is an error.
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { createRequire } from "node:module";
import { extname, join } from "node:path";
import { findProgram } from "../toolchain.js";
import { probeOf } from "./run.js";

/** @import { AddressInfo } from "node:net" */

const TYPES = {
  ".html": "text/html",
  ".js": "text/javascript",
  ".wasm": "application/wasm",
  ".css": "text/css",
};

/**
 * @typedef {object} Page what is used of that of playwright-core
 * @property {(event: "console" | "pageerror" | "response", listener: (value: any) => void) => void} on
 * @property {(url: string) => Promise<unknown>} goto
 * @property {(selector: string) => Promise<unknown>} waitForSelector
 * @property {(selector: string) => Promise<string | null>} textContent
 */

export const chromium = () =>
  ["chromium", "chromium-browser", "google-chrome"]
    .map((name) => findProgram(name))
    .find((path) => path !== null);

/**
 * @param {string} project
 * @param {string} url
 * @param {string} id of the element that has the result
 * @param {boolean} whole whether all that the page asks for must be there
 */
export async function readPage(project, url, id = "told", whole = true) {
  const executablePath = chromium();
  if (executablePath === undefined) throw new Error("no Chromium is here; apt-get install chromium");
  const playwright = createRequire(join(project, "package.json"))("playwright-core");
  const browser = await playwright.chromium.launch({
    executablePath,
    chromiumSandbox: process.getuid?.() !== 0,
  });
  try {
    /** @type {Page} */
    const page = await browser.newPage();
    /** @type {string[]} */
    const said = [];
    const failed = new Promise((_, reject) => page.on("pageerror", reject));
    page.on("console", (message) => {
      if (["warning", "error"].includes(message.type())) said.push(message.text());
    });
    page.on("response", (response) => {
      if (!response.ok()) said.push(`${response.status()} ${response.url()}`);
    });
    await page.goto(url);
    await Promise.race([page.waitForSelector(`#${id}`), failed]);
    if (whole && said.length > 0) throw new Error(`the page is not silent: ${said.join("; ")}`);
    return { told: probeOf((await page.textContent(`#${id}`)) ?? "") };
  } finally {
    await browser.close();
  }
}

/**
 * Serves the files of a folder and opens its page; without index.html, one of a script.
 * @param {string} project
 * @param {string} folder
 * @param {{ script?: string, type?: "module" | "" }} [options]
 */
export async function runPage(project, folder, { script, type = "module" } = {}) {
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? "/", "http://page");
    const name = pathname === "/" ? "index.html" : pathname.slice(1);
    response.setHeader("content-type", TYPES[/** @type {keyof typeof TYPES} */ (extname(name))] ?? "");
    if (name === "index.html" && script !== undefined) {
      const tag = `<script ${type && `type="${type}"`} src="/${script}"></script>`;
      response.end(`<!doctype html><link rel="icon" href="data:,"><title>page</title><body>${tag}`);
      return;
    }
    try {
      response.end(readFileSync(join(folder, name)));
    } catch {
      response.writeHead(404).end();
    }
  });
  await /** @type {Promise<void>} */ (new Promise((resolve) => server.listen(0, "127.0.0.1", resolve)));
  try {
    const { port } = /** @type {AddressInfo} */ (server.address());
    return await readPage(project, `http://127.0.0.1:${port}/`);
  } finally {
    server.close();
    server.closeAllConnections();
  }
}
