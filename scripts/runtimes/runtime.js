// What an entry of the list of runtimes is, and how their programs are run.
import { execFile } from "node:child_process";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { fromRoot } from "../paths.js";

/** @import { BackendName } from "../../dist/index.js" */
/** @import { Probe } from "../probe/probe.js" */

/**
 * @typedef {object} Way one way to run the package in a runtime
 * @property {string} name
 * @property {BackendName} expects which backend must be chosen
 * @property {boolean} [long] whether it takes half a minute, which `--quick` does without
 * @property {(folder: string) => Promise<Probe>} run `folder` has the installed package and the probe
 */

/**
 * @typedef {object} Runtime
 * @property {string} name
 * @property {string | null} packages the folder of the lock file that has it, installed before `missing` is asked; null: none
 * @property {(folder: string) => string | null} missing how to get what is missing on this machine, or null
 * @property {() => Promise<string>} version
 * @property {Way[]} ways
 * @property {string} [prebuild] which addon of the package it loads, as scripts/prebuild/targets.js names it
 */

/** Some runtimes are emulated, and some have no compiler. */
export const PATIENCE = 600_000;

export const PACKAGES = "scripts/runtimes";
export { NODES } from "../prebuild/runs.js";

/** Where the probe is in the folder of the installed package. */
export const PROBE = "scripts/probe";

/**
 * A program that a package of npm brings for this platform alone: the first of its scope.
 * @param {string} scope
 * @param {string} program
 */
export function programOf(scope, program) {
  const folder = fromRoot(PACKAGES, "node_modules", scope);
  return join(folder, readdirSync(folder).sort()[0], program);
}

/**
 * Runs a program to its end.
 * @param {string} program
 * @param {string[]} args
 * @param {{ cwd?: string, env?: Record<string, string> }} [options] `env` is added to that of this process
 */
export const runProgram = (program, args, { cwd, env = {} } = {}) =>
  promisify(execFile)(program, args, {
    cwd,
    env: { ...process.env, ...env },
    timeout: PATIENCE,
    maxBuffer: 2 ** 26,
  });

/**
 * Runs a program that prints what the probe says. That a backend is missing where it is forbidden is no news, so nothing else may be said
 * of the package.
 * @param {string} program
 * @param {string[]} args
 * @param {{ cwd: string, env?: Record<string, string> }} options
 * @returns {Promise<Probe>}
 */
export async function runProbe(program, args, options) {
  const { stdout, stderr } = await runProgram(program, args, options);
  return probeOf(stdout, stderr);
}

/**
 * @param {string} stdout
 * @param {string} stderr
 * @returns {Probe}
 */
export function probeOf(stdout, stderr) {
  const said = stderr.split("\n").find((line) => line.includes("fixed-classifier"));
  if (said !== undefined) throw new Error(`the package is not silent: ${said}`);
  const line = stdout.trim().split("\n").at(-1) ?? "";
  if (!line.startsWith("{")) throw new Error(`the probe printed no result: ${stdout}${stderr}`);
  return JSON.parse(line);
}
