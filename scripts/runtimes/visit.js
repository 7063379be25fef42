// A browser, started on a page that sends its result to the server it came from: the way of a user, and no driver is needed.
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { findProgram } from "../toolchain.js";
import { PATIENCE } from "./runtime.js";

/**
 * @typedef {object} Page
 * @property {string} url
 * @property {Promise<unknown>} result what it sends
 * @property {() => void} close
 */

/**
 * @param {string[]} command the program and its arguments
 * @param {(profile: string) => string[]} args for a start with a new profile
 * @param {Page} page closed at the end
 */
export async function visit([program, ...rest], args, page) {
  const profile = mkdtempSync(join(tmpdir(), "fixed-classifier-profile-"));
  // A group of its own, so that all of its processes end with it.
  const child = spawn(program, [...rest, ...args(profile), page.url], { detached: true, stdio: "ignore" });
  const ended = new Promise((_, reject) => {
    child.once("error", reject);
    child.once("exit", (code) => reject(new Error(`the browser ended with exit code ${code} and no result`)));
    setTimeout(() => reject(new Error("the page sent no result in time")), PATIENCE).unref();
  });
  try {
    return await Promise.race([page.result, ended]);
  } finally {
    page.close();
    if (child.exitCode === null && child.pid !== undefined) {
      const gone = new Promise((resolve) => child.once("close", resolve));
      process.kill(-child.pid);
      await gone;
    }
    rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
  }
}

/**
 * The first of these programs, as a command.
 * @param {string[]} names
 */
export function onPath(...names) {
  const found = names.map((name) => findProgram(name)).find((path) => path !== null);
  return found === undefined ? null : [found];
}

/** @type {import("./browser.js").Browser} */
export const CHROMIUM = {
  name: "Chromium",
  install: "apt-get install chromium",
  command: () => onPath("chromium", "chromium-browser", "google-chrome"),
  args: (profile) => [
    "--headless=new",
    "--no-first-run",
    `--user-data-dir=${profile}`,
    // Its sandbox does not start as root.
    ...(process.getuid?.() === 0 ? ["--no-sandbox"] : []),
  ],
};
