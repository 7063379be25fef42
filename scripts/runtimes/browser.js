// Browsers, each started on a page that sends its result to the server it came from: the way of a user, and no driver is needed.
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { findProgram } from "../toolchain.js";
import { servePage } from "./pages.js";
import { PACKAGES, PATIENCE, runProgram } from "./runtime.js";

/** @import { Kind } from "./pages.js" */
/** @import { Probe } from "../probe/probe.js" */
/** @import { Runtime, Way } from "./runtime.js" */

/** @type {[name: string, policy: string | null, expects: Way["expects"]][]} */
const POLICIES = [
  ["", null, "wasm"],
  [", CSP `script-src 'self' 'wasm-unsafe-eval'`", "script-src 'self' 'wasm-unsafe-eval'", "wasm"],
  [", CSP `script-src 'self'`", "script-src 'self'", "js"],
];

/** @type {[name: string, kind: Kind][]} */
const KINDS = [
  ["module", "module"],
  ["classic script", "classic"],
  ["module worker", "module-worker"],
  ["classic worker", "classic-worker"],
];

/**
 * @typedef {object} Browser
 * @property {string} name
 * @property {string} install
 * @property {() => string[] | null} command the program and its arguments, null where it is not there
 * @property {(profile: string) => string[]} args for a start with a new profile
 */

/**
 * @param {Browser} browser
 * @returns {Runtime}
 */
export function browserRuntime({ name, install, command, args }) {
  return {
    name,
    packages: PACKAGES,
    missing: () => (command() === null ? install : null),
    async version() {
      const [program, ...rest] = command() ?? [];
      return (await runProgram(program, [...rest, "--version"])).stdout.match(/\d[\d.]+/)?.[0] ?? "";
    },
    ways: POLICIES.flatMap(([policyName, policy, expects]) =>
      KINDS.map(([kindName, kind]) => ({
        name: `${kindName}${policyName}`,
        expects,
        run: (folder) => openPage([...(command() ?? [])], args, folder, kind, policy),
      })),
    ),
  };
}

/**
 * @param {string[]} command
 * @param {Browser["args"]} args
 * @param {string} folder
 * @param {Kind} kind
 * @param {string | null} policy
 * @returns {Promise<Probe>}
 */
async function openPage([program, ...rest], args, folder, kind, policy) {
  const profile = mkdtempSync(join(tmpdir(), "fixed-classifier-profile-"));
  const page = await servePage(folder, kind, policy);
  // A group of its own, so that all of its processes end with it.
  const child = spawn(program, [...rest, ...args(profile), page.url], { detached: true, stdio: "ignore" });
  const ended = new Promise((_, reject) => {
    child.once("error", reject);
    child.once("exit", (code) => reject(new Error(`the browser ended with exit code ${code} and no result`)));
    setTimeout(() => reject(new Error("the page sent no result in time")), PATIENCE).unref();
  });
  try {
    return /** @type {Probe} */ (await Promise.race([page.result, ended]));
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
