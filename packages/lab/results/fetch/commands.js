import { spawnSync } from "node:child_process";
import { Unavailable } from "./unavailable.js";

/**
 * What a program writes to its standard output.
 * @param {string} program
 * @param {string[]} args
 * @param {{ cwd?: string }} [options]
 */
export function outputOf(program, args, options = {}) {
  const { status, error, stdout, stderr } = spawnSync(program, args, { ...options, maxBuffer: 2 ** 30 });
  if (error !== undefined) throw new Unavailable(`${program} cannot be run: ${error.message}`);
  if (status !== 0) {
    const [reason = `exit ${status}`] = String(stderr).trim().split("\n").slice(-1);
    throw new Unavailable(`${program} ${args[0]} failed: ${reason}`);
  }
  return stdout;
}
