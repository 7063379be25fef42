// Running one step of the set-up: one line on the terminal, the output only when it fails.
import { spawnSync } from "node:child_process";
import { basename } from "node:path";
import { root } from "./paths.js";

const MAX_OUTPUT = 2 ** 28;

/** @param {string} line */
export const say = (line) => console.log(`setup: ${line}`);

/** @param {unknown} error what was thrown */
export const messageOf = (error) => (error instanceof Error ? error.message : String(error));

/**
 * A program and its arguments.
 * @typedef {[program: string, ...args: string[]]} Command
 */

/**
 * npm as a command: the one that runs this script, or the one on PATH.
 * @param {string[]} args
 * @returns {Command}
 */
export function npmCommand(args) {
  const running = process.env.npm_execpath;
  if (running !== undefined && basename(running).startsWith("npm"))
    return [process.execPath, running, ...args];
  return ["npm", ...args];
}

/**
 * Runs a command under a title; the line ends with the time taken, or with what `tell` makes of the output of a failure.
 * @param {string} title
 * @param {Command} command
 * @param {(output: string) => string} tell
 */
export function run(title, [command, ...args], tell = (_output) => "failed") {
  process.stdout.write(`setup: ${title} … `);
  const start = Date.now();
  const { status, error, stdout, stderr } = spawnSync(command, args, {
    cwd: root,
    encoding: "utf8",
    maxBuffer: MAX_OUTPUT,
    // npm is a batch file there.
    shell: process.platform === "win32" && command === "npm",
  });
  const output = `${stdout ?? ""}${stderr ?? ""}${error ? `${error.message}\n` : ""}`;
  const end = status === 0 ? `${((Date.now() - start) / 1000).toFixed(1)} s` : tell(output);
  console.log(end);
  return { status, output, end };
}

/**
 * The same for a step that set-up cannot do without.
 * @param {string} title
 * @param {Command} command
 */
export function runStep(title, command) {
  const { status, output } = run(title, command);
  if (status === 0) return;
  process.stderr.write(output);
  process.exit(1);
}
