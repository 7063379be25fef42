// Runs the programs of the project, and what they have made.
import { execFile } from "node:child_process";
import { cpSync, mkdtempSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

/** @import { Probe } from "./bundler.js" */

export const NAME = "fixed-classifier";
const PATIENCE = 600_000;
export const LOST = "FIXED_CLASSIFIER_ADDON_LOST";

/**
 * Runs a program to its end; anything but the exit code 0 is an error with all that it said.
 * @param {string} program
 * @param {string[]} args
 * @param {{ cwd: string, env?: Record<string, string> }} options `env` is added to that of this process
 */
export async function runProgram(program, args, { cwd, env = {} }) {
  try {
    return await promisify(execFile)(program, args, {
      cwd,
      env: { ...process.env, ...quiet, ...env },
      timeout: PATIENCE,
      maxBuffer: 2 ** 26,
    });
  } catch (error) {
    const { message, stdout, stderr } = /** @type {Error & { stdout?: string, stderr?: string }} */ (error);
    throw new Error(`${message}\n${stdout ?? ""}${stderr ?? ""}`);
  }
}

/** No colours to search through, nothing sent home. */
export const quiet = { NO_COLOR: "1", FORCE_COLOR: "0", NEXT_TELEMETRY_DISABLED: "1", CI: "1", NODE_ENV: "" };

/**
 * Runs a command that npm has installed in the project; a warning is an error.
 * @param {string} project
 * @param {string} command
 * @param {string[]} args
 * @param {{ cwd?: string, env?: Record<string, string> }} [options]
 */
export async function runTool(project, command, args, { cwd = project, env } = {}) {
  const bin = join(project, "node_modules/.bin", command);
  const { stdout, stderr } = await runProgram(bin, args, { cwd, ...(env && { env }) });
  refuseWarnings(command, `${stdout}${stderr}`);
  return stdout;
}

/**
 * @param {string} command
 * @param {string} said
 */
export function refuseWarnings(command, said) {
  const warning = said
    .split("\n")
    .find((line) => /\bwarn(ing)?s?\b/i.test(line) && !/\b(0|no) warnings/i.test(line));
  if (warning !== undefined) throw new Error(`${command} warns: ${warning.trim()}`);
}

/**
 * What is at run time beside what a bundler has made: nothing, or what a user has put there.
 * @typedef {"nothing" | "prebuilds" | "node_modules"} Beside
 */

/**
 * Runs an output on a machine that has nothing of the project but what is put beside it.
 * @param {string} project
 * @param {string} output a folder
 * @param {string} file of the output
 * @param {{ beside?: Beside, runner?: string | null }} [options] what runs the file; null: it is a program
 */
export async function runElsewhere(
  project,
  output,
  file,
  { beside = "nothing", runner = process.execPath } = {},
) {
  const elsewhere = realpathSync(mkdtempSync(join(tmpdir(), "elsewhere-")));
  try {
    cpSync(output, elsewhere, { recursive: true });
    const installed = join(project, "node_modules", NAME);
    if (beside === "prebuilds") cpSync(join(installed, beside), join(elsewhere, beside), { recursive: true });
    if (beside === "node_modules") cpSync(installed, join(elsewhere, beside, NAME), { recursive: true });
    const path = join(elsewhere, file);
    const { stdout, stderr } = await runProgram(runner ?? path, runner === null ? [] : [path], {
      cwd: elsewhere,
    });
    return { told: probeOf(stdout), lost: lostIn(stderr) };
  } finally {
    rmSync(elsewhere, { recursive: true });
  }
}

/**
 * The probe, from all that a program has printed.
 * @param {string} stdout
 * @returns {Probe}
 */
export function probeOf(stdout) {
  const line = stdout.match(/\{"backend".*\}/)?.[0];
  if (line === undefined) throw new Error(`the probe printed nothing: ${stdout}`);
  return JSON.parse(line);
}

/**
 * Whether the package warned on standard error; another word there is an error.
 * @param {string} stderr
 */
export function lostIn(stderr) {
  const lines = stderr.split("\n").filter((line) => line !== "" && !line.startsWith("(Use `"));
  const other = lines.find((line) => !line.includes(LOST));
  if (other !== undefined) throw new Error(`something was said: ${stderr}`);
  if (lines.length > 1) throw new Error(`the loss was told more than once: ${stderr}`);
  return lines.length === 1;
}
